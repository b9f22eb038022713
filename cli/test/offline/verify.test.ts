import { truncateSync } from "node:fs";
import { concat, fromHex, to0x, toHex, utf8 } from "@pruntime/core/bytes";
import { encodeHeader } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { encodeAuthorityList } from "@pruntime/core/grandpa";
import { encode } from "@pruntime/core/scale";
import { orderedRoot, Trie } from "@pruntime/core/trie";
import { encodeWarpProof } from "@pruntime/core/warp";
import { describe, expect, it } from "vitest";
import { setOf } from "../../../trusted/core/test/warp/chain.ts";
import { file, pruntime, vector } from "./command.ts";
import * as sample from "./samples.ts";

const refused = (code: string) => ({ exit: 1, json: expect.objectContaining({ ok: false, code }) });
const unusable = (code = "cli/bad-argument") => ({
  exit: 2,
  json: expect.objectContaining({ ok: false, code }),
});
const flip = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes.at(at) as number) ^ 1);
const base64 = (bytes: Uint8Array) => `${Buffer.from(bytes).toString("base64")}\n`;

describe("verify finality", () => {
  interface Given {
    readonly authorities?: string;
    readonly setId?: string;
    readonly justification?: string;
    readonly header?: string;
  }

  function finality(given: Given = {}) {
    const {
      authorities = vector("authorities.json"),
      setId = "0",
      justification = vector("justification.hex"),
      header,
    } = given;
    const target = header === undefined ? [] : ["--header", header];
    const files = ["--authorities", authorities, "--set-id", setId, "--justification", justification];
    return pruntime("verify", "finality", ...files, ...target);
  }

  const { number, hash, header, encoded } = sample.target;
  const confirmed = {
    exit: 0,
    json: { ok: true, number, hash: to0x(hash), round: 9, votes: 3, weight: 3, threshold: 3 },
  };

  it("reports the final block, and the weight of its votes", async () => {
    expect(await finality()).toEqual(confirmed);
    expect(await finality({ header: vector("header.json") })).toEqual(confirmed);
  });

  it("reads each file in each format", async () => {
    const list = encodeAuthorityList(setOf(0).authorities);
    for (const authorities of [
      file(".scale", list),
      file(".hex", toHex(list)),
      file(".JSON", JSON.stringify(to0x(list))),
    ])
      expect(await finality({ authorities })).toEqual(confirmed);
    const strings = sample.authorities.map(([id, weight]) => [id, String(weight)]);
    expect(await finality({ authorities: file(".json", strings) })).toEqual(confirmed);
    const { justification } = sample;
    for (const path of [
      file(".bin", justification),
      file(".b64", base64(justification)),
      file(".json", JSON.stringify(to0x(justification))),
    ])
      expect(await finality({ justification: path })).toEqual(confirmed);
    const answer = { jsonrpc: "2.0", id: 1, result: sample.headerJson(header) };
    for (const path of [file(".json", answer), file("", encoded), file(".hex", toHex(encoded))])
      expect(await finality({ header: path })).toEqual(confirmed);
  });

  it("refuses a wrong set, a wrong header, a changed vote, and too little weight", async () => {
    expect(await finality({ setId: "1" })).toEqual(refused("finality/bad-signature"));
    expect(await finality({ header: file(".json", sample.headerJson(sample.warpEnd.header)) })).toEqual(
      refused("finality/wrong-target"),
    );
    expect(await finality({ justification: file("", flip(sample.justification, -40)) })).toEqual(
      refused("finality/bad-signature"),
    );
    const heavy = sample.authorities.map(([id], i) => [id, i === 3 ? "9007199254740993" : 1]);
    expect(await finality({ authorities: file(".json", heavy) })).toEqual({
      exit: 1,
      json: { ok: false, code: "finality/below-threshold", weight: 3, need: 6004799503160665 },
    });
    expect(await finality({ authorities: file(".json", []) })).toEqual(refused("finality/empty-set"));
  });

  it("writes integers beyond 2^53 as decimal strings", async () => {
    const heavy = sample.authorities.map(([id], i) => [id, i === 0 ? "18446744073709551000" : 1]);
    const { json } = await finality({ authorities: file(".json", heavy) });
    expect([json.weight, json.threshold]).toEqual(["18446744073709551002", "12297829382473034003"]);
  });

  it.each([
    ["codec/trailing", { justification: file("", concat(sample.justification, Uint8Array.of(0))) }],
    ["codec/truncated", { justification: file("", sample.justification.subarray(0, 40)) }],
    ["codec/truncated", { justification: file("", "") }],
    ["bytes/bad-hex", { justification: file(".hex", "0xzz") }],
    ["bytes/bad-hex", { justification: file(".hex", "0x123") }],
    ["bytes/bad-base64", { justification: file(".b64", "????") }],
    ["bytes/bad-utf8", { justification: file(".hex", Uint8Array.of(0xfe, 0xff)) }],
    ["json/wrong-type", { justification: file(".json", [1, 2]) }],
    ["json/wrong-type", { justification: file(".json", '"00"') }],
    ["json/bad-syntax", { justification: file(".json", "{") }],
    ["json/too-deep", { authorities: file(".json", "[".repeat(1000)) }],
    ["json/wrong-type", { authorities: file(".json", { a: 1 }) }],
    ["json/out-of-range", { authorities: file(".json", [["0x00", 1]]) }],
    ["json/out-of-range", { authorities: file(".json", [[`0x${"00".repeat(32)}`]]) }],
    ["json/out-of-range", { authorities: file(".json", [[`0x${"00".repeat(32)}`, -1]]) }],
    ["codec/too-long", { authorities: file(".scale", fromHex("feffffff")) }],
    ["json/missing-key", { header: file(".json", {}) }],
    ["json/out-of-range", { header: file(".json", { ...sample.headerJson(header), number: "7" }) }],
    ["json/out-of-range", { header: file(".json", { ...sample.headerJson(header), number: "0x100000000" }) }],
    ["json/out-of-range", { header: file(".json", { ...sample.headerJson(header), parentHash: "0x00" }) }],
    [
      "codec/bad-tag",
      { header: file(".json", { ...sample.headerJson(header), digest: { logs: ["0x09"] } }) },
    ],
    [
      "codec/trailing",
      { header: file(".json", { ...sample.headerJson(header), digest: { logs: ["0x0808"] } }) },
    ],
    [
      "codec/trailing",
      { header: file(".json", { ...sample.headerJson(header), digest: { logs: ["0x0808", "0x"] } }) },
    ],
    ["codec/trailing", { header: file("", concat(encoded, Uint8Array.of(1))) }],
  ])("%s", async (code, given: Given) => {
    expect(await finality(given)).toEqual(refused(code));
  });

  it("exits with 2 for unusable arguments", async () => {
    for (const setId of ["", "x", "-1", "1.5", "18446744073709551616", "0x1"])
      expect(await finality({ setId })).toEqual(unusable());
    expect(await finality({ justification: "/nowhere/at/all" })).toEqual(unusable("cli/bad-file"));
    expect(await finality({ header: "/nowhere/at/all" })).toEqual(unusable("cli/bad-file"));
    expect(await finality({ authorities: vector("") })).toEqual(unusable("cli/bad-file"));
    const huge = file(".json", "");
    truncateSync(huge, 256 * 1024 * 1024 + 1); // a sparse file, which needs no space
    expect(await finality({ authorities: huge })).toEqual(unusable("cli/file-too-large"));
  });
});

describe("verify warp", () => {
  const warp = (proof: string, setId = "0", authorities = vector("authorities.json")) =>
    pruntime("verify", "warp", "--authorities", authorities, "--set-id", setId, "--proof", proof);

  it("reports the block at which the proof ends", async () => {
    const { number, hash } = sample.warpEnd;
    const confirmed = { exit: 0, json: { ok: true, number, hash: to0x(hash), setId: 2, authorities: 4 } };
    expect(await warp(vector("warp-proof.hex"))).toEqual(confirmed);
    expect(await warp(file(".json", JSON.stringify(to0x(sample.warpProof))))).toEqual(confirmed);
  });

  it("refuses a wrong authority set, a gap, and malformed proofs", async () => {
    expect(await warp(vector("warp-proof.hex"), "1")).toEqual(refused("finality/bad-signature"));
    const [first, , last] = sample.fragments;
    const fragments = [first, last].flatMap((fragment) => fragment ?? []);
    expect(await warp(file("", encodeWarpProof({ fragments, isFinished: true })))).toEqual(
      refused("finality/below-threshold"),
    );
    expect(await warp(file("", encodeWarpProof({ fragments: [], isFinished: true })))).toEqual(
      refused("warp/empty"),
    );
    expect(await warp(file("", encodeWarpProof({ fragments: sample.fragments, isFinished: false })))).toEqual(
      refused("warp/no-set-change"),
    );
    expect(await warp(file("", sample.warpProof.subarray(1)))).toEqual({
      exit: 1,
      json: expect.objectContaining({ ok: false }),
    });
    expect(await warp(vector("warp-proof.hex"), "none")).toEqual(unusable());
  });
});

describe("verify storage", () => {
  const { v0, v1 } = sample.state;
  const storage = (root: string, key: string, proof: string, ...more: string[]) =>
    pruntime("verify", "storage", "--root", root, "--key", key, "--proof", proof, ...more);
  const nodes = (list: readonly Uint8Array[]) => file(".json", list.map(to0x));
  const [short, long, absent] = [sample.keys.short, sample.keys.long, sample.keys.absent].map(to0x) as [
    string,
    string,
    string,
  ];

  it("returns the value, or null if the value is proven absent", async () => {
    for (const { root, proof } of [v0, v1]) {
      const ask = async (key: string) => (await storage(to0x(root), key, nodes(proof))).json;
      expect(await ask(short)).toEqual({ ok: true, value: to0x(utf8("balance 9")) });
      expect(await ask(long)).toEqual({ ok: true, value: `0x${"07".repeat(40)}` });
      expect(await ask(absent)).toEqual({ ok: true, value: null });
    }
    expect((await storage(to0x(v0.root), short, nodes(v0.proof), "--state-version", "0")).exit).toBe(0);
    expect((await storage(to0x(v1.root), short, nodes(v1.proof), "--state-version", "1")).exit).toBe(0);
  });

  it("accepts a node's answer and SCALE", async () => {
    const answer = file(".json", {
      jsonrpc: "2.0",
      result: { at: "0x00", proof: v1.proof.map(to0x) },
      id: 1,
    });
    const scale = file(
      ".scale",
      encode(v1.proof, (w, list) => w.vec(list, (w, node) => w.vecU8(node))),
    );
    for (const path of [answer, scale]) expect((await storage(to0x(v1.root), short, path)).exit).toBe(0);
  });

  it("refuses keys that the proof does not cover", async () => {
    expect(await storage(to0x(v0.root), short, nodes(v1.proof))).toEqual(refused("trie/root-missing"));
    expect(await storage(to0x(v1.root), short, nodes([]))).toEqual(refused("trie/root-missing"));
    expect(await storage(to0x(v1.root), long, nodes(v1.proof.slice(0, -1)))).toEqual(
      refused("trie/incomplete-proof"),
    );
    expect(await storage(to0x(v1.root), short, nodes([...v1.proof, ...v1.proof]))).toEqual(
      refused("trie/duplicate-node"),
    );
    expect(await storage(to0x(v1.root), short, file(".json", ["0xzz"]))).toEqual(refused("json/wrong-type"));
    expect(await storage(to0x(v1.root), short, file(".json", { at: "0x" }))).toEqual(
      refused("json/missing-key"),
    );
    expect(await storage(to0x(v1.root), short, file(".json", "null"))).toEqual(refused("json/wrong-type"));
  });

  it("refuses hashed values, in leaves and branches, for a state version that has none", async () => {
    expect(await storage(to0x(v1.root), short, nodes(v1.proof), "--state-version", "0")).toEqual(
      refused("storage/hashed-value"),
    );
    const entries = ["a", "ab", "ac"].map((key) => [utf8(key), new Uint8Array(40).fill(1)] as const);
    const branch = Trie.from({ hash: crypto.blake2b256, version: 1 }, entries);
    const [root] = branch.prove([utf8("b")]);
    const ask = storage(
      to0x(branch.root),
      to0x(utf8("b")),
      nodes(root === undefined ? [] : [root]),
      "--state-version",
      "0",
    );
    expect(await ask).toEqual(refused("storage/hashed-value"));
  });

  it("exits with 2 for unusable arguments", async () => {
    const [root, proof] = [to0x(v1.root), nodes(v1.proof)];
    for (const bad of [
      "",
      "0x",
      "zz",
      root.slice(2),
      `${root}00`,
      root.slice(0, -1),
      `${root.slice(0, -1)}g`,
    ])
      expect(await storage(bad, short, proof)).toEqual(unusable());
    for (const bad of ["", "ab", "0x1", "0xzz"]) expect(await storage(root, bad, proof)).toEqual(unusable());
    for (const version of ["2", "", "v1"])
      expect(await storage(root, short, proof, "--state-version", version)).toEqual(unusable());
    expect(await storage(root, short, "/nowhere/proof.json")).toEqual(unusable("cli/bad-file"));
  });
});

describe("verify block", () => {
  const block = (path: string) => pruntime("verify", "block", "--block", path);
  const body = (later: Uint8Array) =>
    encode(sample.extrinsics, (w, list) => {
      w.raw(encodeHeader(sample.blockHeader))
        .vec(list, (w, extrinsic) => w.raw(extrinsic))
        .raw(later);
    });
  const { extrinsicsRoot, number } = sample.blockHeader;
  const confirmed = {
    exit: 0,
    json: {
      ok: true,
      number,
      hash: to0x(sample.blockHash),
      extrinsicsRoot: to0x(extrinsicsRoot),
      extrinsics: 2,
    },
  };

  it("confirms a body, in JSON and in SCALE of any age", async () => {
    expect(await block(vector("block.json"))).toEqual(confirmed);
    expect(await block(file(".json", { jsonrpc: "2.0", result: sample.blockJson }))).toEqual(confirmed);
    const [none, of2020, today] = ["00", "01 0c aabbcc", "01 04 46524e4b 0c aabbcc"].map((hex) =>
      fromHex(hex.replaceAll(" ", "")),
    );
    for (const later of [none, of2020, today])
      expect(await block(file(".scale", body(later ?? new Uint8Array())))).toEqual(confirmed);
    expect(await block(file(".hex", toHex(body(Uint8Array.of(0)))))).toEqual(confirmed);
  });

  it("refuses a body that does not match the header", async () => {
    const { block: given } = sample.blockJson;
    const [first = "", second = ""] = given.extrinsics;
    for (const extrinsics of [
      [second, first],
      [first],
      [],
      [first, second, second],
      [first, `${second.slice(0, -2)}7e`],
    ])
      expect(await block(file(".json", { block: { ...given, extrinsics } }))).toEqual(
        refused("block/wrong-extrinsics-root"),
      );
    const empty = { ...sample.blockHeader, extrinsicsRoot: orderedRoot(crypto.blake2b256, []) };
    const emptied = { block: { header: sample.headerJson(empty), extrinsics: [] } };
    expect((await block(file(".json", emptied))).json).toMatchObject({ ok: true, extrinsics: 0 });
  });

  it.each([
    ["codec/truncated", file("", "")],
    ["codec/truncated", file("", body(new Uint8Array()))],
    ["codec/trailing", file("", body(Uint8Array.of(0, 0)))],
    ["codec/bad-tag", file("", body(Uint8Array.of(2)))],
    [
      "codec/too-long",
      file(".json", { block: { ...sample.blockJson.block, extrinsics: ["0x0404", "0x08"] } }),
    ],
    ["codec/trailing", file(".json", { block: { ...sample.blockJson.block, extrinsics: ["0x040404"] } })],
    ["json/missing-key", file(".json", { block: {} })],
    ["json/wrong-type", file(".json", { block: { header: [], extrinsics: [] } })],
    ["json/wrong-type", file(".json", { block: { header: null, extrinsics: [] } })],
    ["json/duplicate-key", file(".json", '{"block":1,"block":2}')],
  ])("%s", async (code, path) => {
    expect(await block(path)).toEqual(refused(code));
  });

  it("exits with 2 without a file", async () => {
    expect(await block("/nowhere/block.json")).toEqual(unusable("cli/bad-file"));
  });
});
