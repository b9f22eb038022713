/** Evidence that no worker makes: which files the command reads, and what it reports about recorded cases. */
import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { Cases, changed } from "../../../trusted/core/test/attestation/cases.ts";
import { ecKeys, rsaKeys } from "../../../trusted/core/test/attestation/pki.ts";
import { message } from "../../../trusted/core/test/attestation/tpm/made.ts";
import { signature } from "../../../verifiers/test/tpm/made.ts";
import { file, pruntime } from "./command.ts";

const at = "2026-06-15T12:00:00Z";
const attestation = (kind: string, ...args: readonly string[]) =>
  pruntime("verify", "attestation", "--kind", kind, ...args);

const key = ecKeys("P-256");
const pem = file(".pem", key.publicKey.export({ type: "spki", format: "pem" }) as string);
const jwk = file(".json", key.publicKey.export({ format: "jwk" }));
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = { iat: 1_781_524_000, eat_profile: "p", submods: { A: { "ear.status": "warning" } } };
const signed = `${part({ alg: "ES256" })}.${part(claims)}`;
const tokenSignature = sign("sha256", Buffer.from(signed), {
  key: key.privateKey,
  dsaEncoding: "ieee-p1363",
});
const token = file(".jwt", `${signed}.${tokenSignature.toString("base64url")}\n`);

describe("verify attestation of evidence that no worker makes", () => {
  const quote = message({ selection: [0, 7] });
  const tpm = [
    "--evidence",
    file(".bin", quote),
    "--signature",
    file(".bin", signature(key, quote)),
    "--at",
    at,
  ];
  const covered = file(".bin", Uint8Array.of(...new Uint8Array(32), ...new Uint8Array(32).fill(7)));

  it("tpm: accepts registers as bytes or JSON, and reports only that the quote is consistent", async () => {
    const whole = Array.from({ length: 24 }, (_, i) => i.toString(16).padStart(2, "0").repeat(32));
    for (const pcrs of [covered, file(".json", whole)])
      expect(await attestation("tpm", ...tpm, "--key", pem, "--pcrs", pcrs)).toEqual({
        exit: 0,
        json: {
          ok: true,
          consistent: true,
          nonce: Buffer.from("nonce").toString("hex"),
          pcrs: { "0": "00".repeat(32), "7": "07".repeat(32) },
        },
      });
  });

  it("tpm: refuses a wrong key, wrong registers, and too few registers", async () => {
    const other = file(".pem", rsaKeys().publicKey.export({ type: "spki", format: "pem" }) as string);
    const code = async (keyFile: string, pcrs: string) =>
      (await attestation("tpm", ...tpm, "--key", keyFile, "--pcrs", pcrs)).json.code;
    expect(await code(other, covered)).toBe("tpm/bad-signature");
    expect(await code(pem, file(".bin", new Uint8Array(64)))).toBe("tpm/pcr-mismatch");
    expect(await code(pem, file(".bin", new Uint8Array(32)))).toBe("tpm/bad-pcrs");
  });

  it("ear: accepts the verifier's key as PEM or JWK, and reports the token's age", async () => {
    for (const keyFile of [pem, jwk])
      expect(await attestation("ear", "--evidence", token, "--key", keyFile, "--at", at)).toEqual({
        exit: 0,
        json: {
          ok: true,
          authentic: true,
          issuedAt: "2026-06-15T11:46:40.000Z",
          ageSec: 800,
          profile: "p",
          nonce: null,
          statuses: { A: "warning" },
        },
      });
  });

  it("ear: refuses a wrong key, and a key of an unsupported kind", async () => {
    const other = file(".json", ecKeys("P-256").publicKey.export({ format: "jwk" }));
    const rsa = file(".pem", rsaKeys().publicKey.export({ type: "spki", format: "pem" }) as string);
    const large = file(".json", ecKeys("P-384").publicKey.export({ format: "jwk" }));
    const with_ = async (keyFile: string) => {
      const { exit, json } = await attestation("ear", "--evidence", token, "--key", keyFile, "--at", at);
      return [exit, json.code, json.name];
    };
    expect(await with_(other)).toEqual([1, "ear/bad-signature", undefined]);
    for (const wrong of [rsa, large]) expect(await with_(wrong)).toEqual([2, "cli/bad-argument", "--key"]);
  });

  it("nitro: refuses bytes that are not a document", async () =>
    expect(
      await attestation("nitro", "--evidence", file(".bin", new Uint8Array(3)), "--at", at),
    ).toMatchObject({
      exit: 1,
      json: { ok: false, code: "codec/trailing" },
    }));

  it.each([
    ["tpm", "--signature"],
    ["ccel", "--collateral"],
    ["ear", "--key"],
  ])("%s names the file that it needs", async (kind, name) =>
    expect(await attestation(kind, "--evidence", file(".bin", new Uint8Array(3)), "--at", at)).toMatchObject({
      exit: 2,
      json: { code: "cli/bad-argument", name },
    }),
  );

  it("accepts no policy for these kinds", async () =>
    expect(
      await attestation("ear", "--evidence", token, "--key", pem, "--at", at, "--policy", file(".json", {})),
    ).toMatchObject({ exit: 2, json: { code: "cli/bad-argument", name: "--policy" } }));
});

describe("verify attestation on recorded evidence that no worker makes", () => {
  const it = recorded
    .extend("cases", ({ files }) => new Cases(files))
    .extend(
      "path",
      ({ files }) =>
        (name: string) =>
          files.path(`attestation/${name}`),
    );

  it.for(["nitro-marlin-2024-12", "nitro-dstack"])("%s is authentic", async (id, { cases, path }) => {
    const one = cases.named(id);
    const { moduleId, pcrs, userData, publicKey } = one.expect;
    const given = ["--evidence", path(one.doc), "--at"];
    expect(await attestation("nitro", ...given, one.at)).toMatchObject({
      exit: 0,
      json: { ok: true, authentic: true, moduleId, pcrs, userData, publicKey, nonce: null, debug: false },
    });
    expect(await attestation("nitro", ...given, "2026-06-15T12:00:00Z")).toMatchObject({
      exit: 1,
      json: { code: "x509/expired" },
    });
  });

  it("eventlog-gcp-ccel matches its quote, and a changed log does not", async ({ cases, path }) => {
    const { eventlog, quoteCase, expect: want } = cases.named("eventlog-gcp-ccel");
    const { quote, collateral, at } = cases.named(quoteCase);
    const given = (log: string) => [
      ...["--evidence", path(quote), "--collateral", path(collateral), "--at", at, "--event-log", log],
    ];
    expect(await attestation("ccel", ...given(path(eventlog)))).toMatchObject({
      exit: 0,
      json: { ok: true, authentic: true, tcbStatus: "UpToDate", events: want.events, debug: false },
    });
    const log = changed(cases.bytes(eventlog), 100, 1);
    expect(await attestation("ccel", ...given(file(".bin", log)))).toMatchObject({
      exit: 1,
      json: { ok: false, code: "ccel/register-mismatch" },
    });
  });

  it.for([
    ["tpm-swtpm-ecdsa", "swtpm-q.msg", "swtpm-q.sig", "swtpm-ak.pem", "swtpm-pcrs.bin"],
    ["tpm-qemu-measured-boot", "qemu-msg", "qemu-sig", "qemu-ak.pem", "qemu-pcrs.bin"],
  ] as const)("%s is consistent", async ([id, quote, signed, ak, pcrs], { cases, path }) => {
    const files = ["--evidence", path(`tpm/${quote}`), "--signature", path(`tpm/${signed}`)];
    const more = ["--pcrs", path(`tpm/${pcrs}`), "--key", path(`tpm/${ak}`), "--at", at];
    const { exit, json } = await attestation("tpm", ...files, ...more);
    expect([exit, json.consistent]).toEqual([0, true]);
    expect(Object.keys(json.pcrs).map(Number)).toEqual(cases.named(id).expect.pcrSelection);
  });

  it("tpm-trustee is consistent under the key in its own file", async ({ cases }) => {
    const one = cases.named("tpm-trustee");
    const { ak_public: ak, tpm_quote: quote } = cases.json(one.evidence);
    const lines = ak.replace(/(.{64})(?=.)/g, "$1\n");
    const files = [
      ...["--evidence", file(".b64", quote.message), "--signature", file(".b64", quote.signature)],
      ...["--pcrs", file(".json", quote.pcrs)],
      ...["--key", file(".pem", `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`)],
    ];
    expect(await attestation("tpm", ...files, "--at", at)).toMatchObject({
      exit: 0,
      json: { consistent: true, nonce: one.expect.extraData },
    });
  });

  it("ear-veraison-2024 is authentic", async ({ cases, path }) => {
    const one = cases.named("ear-veraison-2024");
    const given = ["--evidence", path(one.token), "--key", path(one.jwk), "--at", one.at];
    expect(await attestation("ear", ...given)).toMatchObject({
      exit: 0,
      json: {
        authentic: true,
        ageSec: 60,
        profile: one.expect.eatProfile,
        nonce: one.expect.eatNonce,
        statuses: one.expect.submods,
      },
    });
  });
});
