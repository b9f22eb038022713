import { toBase64, toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { evidence, iso, at as syntheticAt } from "../../../trusted/core/test/attestation/dcap/synthetic.ts";
import { file, printed, pruntime } from "./command.ts";

const attestation = (...args: readonly string[]) => pruntime("verify", "attestation", ...args);

describe("verify attestation", () => {
  const { quote, collateral } = evidence();
  const [quoteFile, collateralFile] = [file(".bin", quote), file(".json", collateral)];
  const given = [
    "--kind",
    "sgx",
    "--evidence",
    quoteFile,
    "--collateral",
    collateralFile,
    "--at",
    iso(syntheticAt),
  ];
  const without = (name: string) => given.filter((word, i) => word !== name && given[i - 1] !== name);

  it("refuses evidence under a root of our own", async () => {
    expect(await attestation(...given)).toEqual({
      exit: 1,
      json: { ok: false, code: "x509/untrusted-root" },
    });
  });

  it("explains what is wrong with arguments, and exits with 2", async () => {
    const misused = async (...args: readonly string[]) => {
      const { exit, json } = await attestation(...args);
      return [exit, json.code, json.name];
    };
    expect(await misused(...without("--collateral"))).toEqual([2, "cli/bad-argument", "--collateral"]);
    expect(await misused(...without("--kind"), "--kind", "sgx2")).toEqual([2, "cli/bad-argument", "--kind"]);
    for (const at of ["now", "2026-02-30T00:00:00Z", "2026-01-15"])
      expect(await misused(...without("--at"), "--at", at)).toEqual([2, "cli/bad-argument", "--at"]);
    expect(await misused(...without("--evidence"), "--evidence", "/nowhere/quote")).toEqual([
      2,
      "cli/bad-file",
      undefined,
    ]);
    expect(await misused(...without("--collateral"), "--collateral", "/nowhere/c.json")).toEqual([
      2,
      "cli/bad-file",
      undefined,
    ]);
    for (const name of ["--evidence", "--kind", "--at"])
      await expect(printed(["verify", "attestation", ...without(name)])).rejects.toMatchObject({
        code: "commander.missingMandatoryOptionValue",
      });
  });

  it("explains what is wrong with files, and exits with 1", async () => {
    const code = async (quoteContent: unknown, collateralContent: unknown, extension = ".bin") => {
      const files = [
        "--evidence",
        file(extension, quoteContent),
        "--collateral",
        file(".json", collateralContent),
      ];
      const { exit, json } = await attestation("--kind", "sgx", ...files, "--at", iso(syntheticAt));
      return [exit, json.code];
    };
    expect(await code(new Uint8Array(), collateral)).toEqual([1, "codec/truncated"]);
    expect(await code("0xzz", collateral, ".hex")).toEqual([1, "bytes/bad-hex"]);
    expect(await code(new Uint8Array(16_385), collateral)).toEqual([1, "dcap/quote-too-long"]);
  });
});

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly quote: string;
  readonly collateral: string;
  readonly at: string;
  readonly expect: Readonly<Record<string, string>>;
}

describe("verify attestation on recorded quotes", () => {
  const it = recorded
    .extend("named", ({ files }) => (id: string) => {
      const all: readonly Case[] = files.json("attestation/cases.json");
      return all.find((known) => known.id === id) as Case;
    })
    .extend("argsOf", ({ files }) => (known: Case, quote?: string) => {
      const kind = known.quote.startsWith("dcap/td") ? "tdx" : "sgx";
      const path = (name: string) => files.path(`attestation/${name}`);
      const evidence = ["--evidence", quote ?? path(known.quote), "--collateral", path(known.collateral)];
      return ["--kind", kind, ...evidence, "--at", known.at];
    });

  it.for(["sgx-phala-helloworld-2025", "tdx5-relaunch-advised"])(
    "%s is authentic",
    async (id, { named, argsOf }) => {
      const known = named(id);
      const { exit, json } = await attestation(...argsOf(known));
      const { tcbStatus, advisoryIDs, reportData } = known.expect;
      expect([exit, json]).toEqual([
        0,
        {
          ...{ ok: true, authentic: true, tcbStatus, advisories: advisoryIDs, reportData },
          ...{ measurements: expect.any(Object), verdict: null, reasons: [] },
        },
      ]);
      expect(json.measurements.mrenclave ?? json.measurements.mrtd).toBe(
        known.expect["mrenclave"] ?? known.expect["mrTd"],
      );
    },
  );

  it("is judged by the given policy, which must be usable", async ({ named, argsOf }) => {
    const known = named("sgx-phala-helloworld-2025");
    const { mrenclave, tcbStatus, advisoryIDs } = known.expect;
    const policy = (accept: readonly unknown[]) => ({
      version: 1,
      sgx: { measurements: [{ mrenclave }] },
      tcb: { accept, advisoriesAllowed: advisoryIDs },
    });
    const judged = (content: unknown) => attestation(...argsOf(known), "--policy", file(".json", content));
    expect(await judged(policy([tcbStatus]))).toMatchObject({
      exit: 0,
      json: { ok: true, verdict: "accepted", reasons: [] },
    });
    expect(await judged(policy(["UpToDate"]))).toMatchObject({
      exit: 0,
      json: { verdict: "refused", reasons: [{ rule: "tcb-status" }] },
    });
    expect(await judged({ version: 2 })).toMatchObject({
      exit: 2,
      json: { ok: false, code: "cli/bad-argument", name: "--policy" },
    });
  });

  it("also accepts quotes as hex and base64", async ({ files, named, argsOf }) => {
    const known = named("sgx-phala-helloworld-2025");
    const quote = files.bytes(`attestation/${known.quote}`);
    const binary = await attestation(...argsOf(known));
    expect(binary.exit).toBe(0);
    for (const other of [
      file(".hex", toHex(quote)),
      file(".hex", `0x${toHex(quote)}\n`),
      file(".b64", `${toBase64(quote)}\n`),
    ])
      expect(await attestation(...argsOf(known, other))).toEqual(binary);
  });

  it.for([
    ["tdx5-azure-notsupported", "dcap/no-tcb-level"],
    ["neg-tdx-old-pck-crl", "x509/crl-expired"],
    ["neg-tdx-fmspc-mismatch", "dcap/collateral-mismatch"],
  ] as const)("%s is not authentic: %s", async ([id, code], { named, argsOf }) => {
    expect(await attestation(...argsOf(named(id)))).toMatchObject({ exit: 1, json: { ok: false, code } });
  });

  it("refuses evidence of one kind under the other kind's name", async ({ named, argsOf }) => {
    const args = argsOf(named("sgx-phala-helloworld-2025")).map((word) => (word === "sgx" ? "tdx" : word));
    expect(await attestation(...args)).toEqual({ exit: 1, json: { ok: false, code: "dcap/wrong-kind" } });
  });
});
