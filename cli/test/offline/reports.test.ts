/** Inputs from public bug reports about programs with similar tasks. */
import { describe, expect } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { file, pruntime } from "./command.ts";

describe("reported inputs", () => {
  const it = recorded.extend(
    "path",
    ({ files }) =>
      (name: string) =>
        files.path(`reports/${name}`),
  );

  it.for([
    ["pem/r.bin", "vek"],
    ["pem/r.bin", "vek-crlf"],
    ["pem/r.bin", "vek-comment"],
    ["pem/r.bin", "vek-text"],
    ["pem/r.bin", "vek-blank"],
    ["text/r.b64", "vek"],
  ] as const)("%s is authentic with %s", async ([report, vek], { path }) => {
    const files = [
      "--evidence",
      path(report),
      "--vek",
      path(`pem/${vek}.pem`),
      "--chain",
      path("pem/chain.pem"),
    ];
    const at = ["--at", "2023-02-23T17:58:26Z"];
    const { exit, json } = await pruntime("verify", "attestation", "--kind", "snp", ...files, ...at);
    expect([exit, json.authentic]).toEqual([0, true]);
  });

  it("a header that begins with a byte order mark is a header", async ({ files, path }) => {
    const { exit, json } = await pruntime("decode", "header", "--header", path("text/header-bom.json"));
    const text = files.text("text/header-bom.json".replace(/^/, "reports/")).replace(/^\ufeff/, "");
    expect([exit, json.parentHash]).toEqual([0, JSON.parse(text).parentHash]);
    const utf16 = file(".json", Uint8Array.from(Buffer.from(`\ufeff${text}`, "utf16le")));
    expect(await pruntime("decode", "header", "--header", utf16)).toEqual({ exit, json });
  });

  it("an event log with integers beyond 2^53 is refused with a code", async ({ path }) => {
    const files = [
      ...["--evidence", path("dstack-log/dstack-big.json")],
      ...["--collateral", path("dstack-log/coll.json"), "--at", "2026-11-30T00:00:00Z"],
    ];
    expect(await pruntime("verify", "attestation", "--kind", "dstack", ...files)).toMatchObject({
      exit: 1,
      json: { ok: false, code: expect.stringMatching(/^[a-z]+\//) },
    });
  });

  const signersOf = async (path: string, ...more: string[]) => {
    const { json } = await pruntime("decode", "extrinsics", "--extrinsics", path, ...more);
    return json.extrinsics.map(({ signer }: { signer: unknown }) => signer);
  };

  it("signers are shown for every kind of MultiAddress", async ({ path }) =>
    expect(await signersOf(path("extrinsics/multiaddress-ext.json"))).toEqual([
      { kind: "index", index: 5 },
      { kind: "raw", bytes: "0x0102030405" },
      { kind: "address32", bytes: `0x${"aa".repeat(32)}` },
      { kind: "address20", bytes: `0x${"bb".repeat(20)}` },
    ]));

  it("signers are each shown as unknown if only metadata reveals their kind", async ({ path }) =>
    expect(await signersOf(path("extrinsics/moonbeam-ext.json"))).toEqual(
      new Array(4).fill({ kind: "unknown" }),
    ));

  it("an empty proof proves that the empty trie has no values", async ({ path }) => {
    const root = "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";
    const given = ["--root", root, "--proof", path("empty-trie/empty.json"), "--key", "0x01"];
    expect(await pruntime("verify", "storage", ...given)).toMatchObject({ exit: 0, json: { value: null } });
  });
});
