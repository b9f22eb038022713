import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodePolicy } from "@pruntime/core/attestation";
import { describe, expect, it } from "vitest";
import { policyJson } from "../../src/policy/show.ts";
import { answer, example, file, newPath, printed } from "./command.ts";

const known = JSON.parse(readFileSync(join(example, "../hash.json"), "utf8")) as Record<string, string>;
const text = readFileSync(example, "utf8");
const signed = file({ policy: JSON.parse(text), signature: known["signature"] });
const altered = file(text.replace('"allowDebug": false', '"allowDebug": true'));
const pem = (key: "ed25519" | "x25519") =>
  file(
    (key === "ed25519" ? generateKeyPairSync(key) : generateKeyPairSync(key)).privateKey.export({
      format: "pem",
      type: "pkcs8",
    }),
  );

describe("pruntime policy show", () => {
  it("prints an equivalent policy, with the defaults of all missing fields", async () => {
    const { exit, json } = await answer("show", example);
    expect([exit, json.ok, json.hash, json.signed, json.checked]).toEqual([
      0,
      true,
      `0x${known["hash"]}`,
      false,
      "nothing",
    ]);
    expect(decodePolicy(JSON.stringify(json.policy))).toEqual(decodePolicy(text));
    expect(json.policy).toMatchObject({
      snp: { allowVlek: false, allowMaskedChipId: false, chipIdAllow: null },
      azure: { tdx: { allowServiceTd: [] } },
    });
  });

  it.each([
    ["an empty one", { version: 1 }],
    [
      "one with every section empty",
      {
        version: 1,
        tcb: { accept: [] },
        sgx: {},
        ias: {},
        simulated: { measurements: null },
        tdx: { images: [] },
      },
    ],
    [
      "one with every field",
      {
        version: 1,
        simulated: { measurements: ["5d".repeat(32)] },
        ppidAllow: ["1d".repeat(16)],
        snp: {
          measurements: [{ measurement: "c0".repeat(48), notAfter: "2026-01-01" }],
          chipIdAllow: ["c1".repeat(64)],
        },
        azure: { images: [], snp: {} },
        tdx: {
          images: [
            {
              mrtd: "a0".repeat(48),
              osImageHash: "d3".repeat(32),
              appId: "d1".repeat(20),
              notAfter: "2026-01-01",
            },
          ],
          xfam: { require: ["AVX"], allow: ["x87", "SSE"] },
        },
      },
    ],
  ])("writes out %s", (_, policy) => {
    const read = decodePolicy(JSON.stringify(policy));
    expect(decodePolicy(JSON.stringify(policyJson(read)))).toEqual(read);
  });

  it("reports how the signature was checked", async () => {
    expect((await answer("show", signed)).json).toMatchObject({ signed: true, checked: "nothing" });
    expect((await answer("show", signed, "--signed-by", `0x${known["publicKey"]}`)).json).toMatchObject({
      signed: true,
      checked: "signature",
    });
    expect((await answer("show", signed, "--pin", `0x${known["hash"]}`)).json).toMatchObject({
      signed: true,
      checked: "hash",
    });
    expect((await printed("show", signed)).err).toContain("--signed-by verifies it");
  });
});

describe("pruntime policy hash", () => {
  it("prints the hash of the published example", async () =>
    expect(await printed("hash", example)).toEqual({ exit: 0, out: `0x${known["hash"]}\n`, err: "" }));

  it.each([
    ["policy/wrong-hash", () => [altered, "--pin", `0x${known["hash"]}`]],
    ["policy/not-signed", () => [example, "--signed-by", `0x${known["publicKey"]}`]],
    ["policy/bad-signature", () => [signed, "--signed-by", `0x${"11".repeat(32)}`]],
    ["json/unknown-key", () => [file({ version: 1, extra: 1 })]],
    ["policy/unknown-version", () => [file({ version: 2 })]],
    ["json/bad-syntax", () => [file("version: 1")]],
    ["cli/bad-file", () => ["/nowhere/policy.json"]],
  ])("%s: exit 1", async (code, args) => {
    const { exit, json } = await answer("hash", ...args());
    expect([exit, json.ok, json.code]).toEqual([1, false, code]);
  });

  it.each([
    ["--pin", `0x${"11".repeat(31)}`],
    ["--pin", "11".repeat(32)],
    ["--signed-by", "0xkey"],
  ])("cli/bad-argument: %s %s, exit 2", async (option, value) => {
    const { exit, json } = await answer("hash", example, option, value);
    expect([exit, json.code]).toEqual([2, "cli/bad-argument"]);
  });

  it("cli/bad-argument: a pin and a signer at once", async () => {
    const { exit, json } = await answer(
      "hash",
      signed,
      "--pin",
      `0x${known["hash"]}`,
      "--signed-by",
      `0x${known["publicKey"]}`,
    );
    expect([exit, json.code]).toEqual([2, "cli/bad-argument"]);
  });
});

describe("pruntime policy sign", () => {
  it("makes a signature that verifies under its key, and under no other key", async () => {
    const { json } = await answer("sign", example, "--key", pem("ed25519"));
    const document = file(json.signed);
    expect((await answer("hash", document, "--signed-by", json.publicKey)).json).toEqual({
      ok: true,
      hash: `0x${known["hash"]}`,
    });
    const other = (await answer("sign", example, "--key", pem("ed25519"))).json.publicKey as string;
    expect((await answer("hash", document, "--signed-by", other)).json.code).toBe("policy/bad-signature");
  });

  it("prints the document, or writes it to a file", async () => {
    const key = pem("ed25519");
    const { out } = await printed("sign", example, "--key", key);
    const path = newPath();
    expect((await answer("sign", example, "--key", key, "--out", path)).json).toMatchObject({
      ok: true,
      file: path,
    });
    expect(readFileSync(path, "utf8")).toBe(out);
  });

  it("replaces a signature", async () => {
    const { json } = await answer("sign", signed, "--key", pem("ed25519"));
    expect((await answer("hash", file(json.signed), "--signed-by", json.publicKey)).exit).toBe(0);
  });

  it("signs only policies, and otherwise writes no file", async () => {
    const path = newPath();
    const { exit, json } = await answer(
      "sign",
      file({ version: 1, extra: 1 }),
      "--key",
      pem("ed25519"),
      "--out",
      path,
    );
    expect([exit, json.code, existsSync(path)]).toEqual([1, "json/unknown-key", false]);
  });

  it("cli/bad-argument: a key of an unsupported kind, or no key", async () => {
    for (const key of [pem("x25519"), example])
      expect((await answer("sign", example, "--key", key)).json.code).toBe("cli/bad-argument");
  });
});

describe("pruntime policy explain", () => {
  it("lists what is accepted and what is refused", async () => {
    const { json } = await answer("explain", example);
    expect(json.accepts).toHaveLength(5);
    expect(json.accepts[0]).toBe(
      `an SGX enclave with MRENCLAVE ${"11".repeat(32)}, security version 1 or later, ` +
        "until 2026-12-31T23:59:59.999Z; attributes must have INIT, MODE64BIT and may have nothing else; " +
        "extended features may have x87, SSE, AVX, BNDREGS, BNDCSR, opmask, ZMM_Hi256, Hi16_ZMM, PKRU, " +
        "CET_U, CET_S, UINTR, TILECFG, TILEDATA, APX; MISCSELECT may have EXINFO, CPINFO",
    );
    expect(json.accepts.join("\n")).toMatch(
      /TDX guest .*compose-hash 37.*\n.*SEV-SNP guest .*milan with firmware 04000000000018db/,
    );
    expect(json.refuses).toEqual(
      expect.arrayContaining([
        "all reports of Intel's retired EPID service, all simulated evidence",
        "Intel platforms whose TCB status is not UpToDate or SWHardeningNeeded",
        "everything in debug mode",
      ]),
    );
  });

  it("an empty policy accepts nothing at all", async () => {
    const { out } = await printed("explain", file({ version: 1 }));
    expect(out).toMatch(/^Accepts:\n {2}- nothing at all\nRefuses:\n {2}- all SGX enclaves, all TDX guests/);
  });

  it("says that simulated evidence proves nothing", async () => {
    const { json } = await answer("explain", file({ version: 1, simulated: { measurements: null } }));
    expect(json.accepts).toEqual([
      "SIMULATED evidence, which proves nothing: anyone can make it. Accepted for any claimed measurement",
    ]);
  });
});
