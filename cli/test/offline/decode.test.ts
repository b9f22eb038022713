import { concat, fromHex, to0x, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { encode } from "@pruntime/core/scale";
import { describe, expect, it } from "vitest";
import { sampleMetadata } from "../../../trusted/core/test/metadata/sample.ts";
import { file, pruntime, vector } from "./command.ts";
import * as sample from "./samples.ts";

const refused = (code: string) => ({ exit: 1, json: expect.objectContaining({ ok: false, code }) });
const unusable = { exit: 2, json: expect.objectContaining({ ok: false, code: "cli/bad-file" }) };

describe("decode metadata", () => {
  const metadata = (path: string) => pruntime("decode", "metadata", "--metadata", path);

  it("names version and pallets", async () => {
    const answer = { exit: 0, json: { ok: true, version: 14, pallets: ["System", "Timestamp", "Balances"] } };
    expect(await metadata(vector("metadata.hex"))).toEqual(answer);
    expect(await metadata(file(".json", { jsonrpc: "2.0", result: to0x(sample.metadata) }))).toEqual(answer);
    for (const version of [15, 16] as const)
      expect((await metadata(file(".scale", sampleMetadata(version)))).json.version).toBe(version);
  });

  it("names the pallets of older versions", async () => {
    const hex = `${toHex(utf8("meta"))}0c 04 0450 00 00 00 00 00 07 04 00`.replaceAll(" ", "");
    expect(await metadata(file(".hex", hex))).toEqual({
      exit: 0,
      json: { ok: true, version: 12, pallets: ["P"] },
    });
  });

  it("refuses unsupported versions and malformed bytes", async () => {
    expect(await metadata(file("", sample.metadata.with(4, 10)))).toEqual(
      refused("metadata/unsupported-version"),
    );
    expect(await metadata(file("", sample.metadata.with(0, 1)))).toEqual(refused("metadata/bad-magic"));
    expect(await metadata(file("", concat(sample.metadata, Uint8Array.of(0))))).toEqual(
      refused("codec/trailing"),
    );
    expect(await metadata(file("", ""))).toEqual(refused("codec/truncated"));
    expect(await metadata(file(".json", { a: 1 }))).toEqual(refused("json/wrong-type"));
    expect(await metadata("/nowhere/metadata")).toEqual(unusable);
  });
});

describe("decode events", () => {
  const events = (eventsPath: string, metadata = vector("metadata.hex")) =>
    pruntime("decode", "events", "--metadata", metadata, "--events", eventsPath);

  it("lists phase, pallet, event and fields", async () => {
    expect(await events(vector("events.hex"))).toEqual({
      exit: 0,
      json: {
        ok: true,
        events: [
          { phase: { kind: "initialization" }, pallet: "System", event: "CodeUpdated", fields: {} },
          {
            phase: { kind: "apply-extrinsic", index: 1 },
            pallet: "Balances",
            event: "Transfer",
            fields: { from: `0x${"33".repeat(32)}`, amount: "18446744073709551616" },
          },
        ],
      },
    });
    expect((await events(file("", Uint8Array.of(0)))).json).toEqual({ ok: true, events: [] });
  });

  it("refuses events that the runtime does not emit", async () => {
    expect(await events(file("", sample.eventBytes.subarray(0, -1)))).toEqual(refused("codec/truncated"));
    expect(await events(file("", concat(sample.eventBytes, Uint8Array.of(0))))).toEqual(
      refused("codec/trailing"),
    );
    expect(await events(file("", sample.eventBytes.with(2, 9)))).toEqual(refused("codec/bad-tag"));
    expect(await events(vector("events.hex"), file("", sampleMetadata(14)))).toEqual(
      refused("metadata/bad-events"),
    );
    expect(await events("/nowhere/events")).toEqual(unusable);
    expect(await events(vector("events.hex"), "/nowhere/metadata")).toEqual(unusable);
  });
});

describe("decode header", () => {
  const header = (path: string) => pruntime("decode", "header", "--header", path);

  it("shows the fields, the hash and the digest", async () => {
    const { number, parentHash, stateRoot, extrinsicsRoot } = sample.target.header;
    const answer = await header(vector("header.json"));
    expect(answer).toEqual({
      exit: 0,
      json: {
        ...{
          ok: true,
          number,
          hash: to0x(sample.target.hash),
          parentHash: to0x(parentHash),
          stateRoot: to0x(stateRoot),
        },
        extrinsicsRoot: to0x(extrinsicsRoot),
        digest: [{ kind: "consensus", engine: "FRNK", data: expect.stringMatching(/^0x01/) }],
      },
    });
    expect(await header(file("", sample.target.encoded))).toEqual(answer);
  });

  it("refuses bytes that are not a header", async () => {
    expect(await header(file("", sample.target.encoded.subarray(1)))).toEqual({
      exit: 1,
      json: expect.objectContaining({ ok: false }),
    });
    expect(await header(file(".json", []))).toEqual(refused("json/wrong-type"));
    expect(await header(file(".hex", ""))).toEqual(refused("codec/truncated"));
    expect(await header("/nowhere/header.json")).toEqual(unusable);
  });
});

describe("decode extrinsics", () => {
  const extrinsics = (path: string, ...more: string[]) =>
    pruntime("decode", "extrinsics", "--extrinsics", path, ...more);
  const one = async (body: string, ...more: string[]) => {
    const answer = await extrinsics(file(".json", [to0x(sample.prefixed(body))]), ...more);
    return answer.json.ok === true ? answer.json.extrinsics[0] : answer.json;
  };
  const runtime = ["--metadata", vector("metadata.hex")];

  it("describes extrinsics in the layout of 2020", async () => {
    const [timestamp, push] = sample.extrinsics as [Uint8Array, Uint8Array];
    const answer = await extrinsics(vector("extrinsics.json"));
    expect(answer).toEqual({
      exit: 0,
      json: {
        ok: true,
        extrinsics: [
          {
            ...{
              hash: to0x(crypto.blake2b256(timestamp)),
              length: timestamp.length,
              version: 4,
              kind: "bare",
            },
            call: "0x02000b609c1c3b8c01",
          },
          {
            ...{ hash: to0x(crypto.blake2b256(push)), length: push.length, version: 4, kind: "signed" },
            signer: { kind: "account", id: `0x${"01".repeat(32)}` },
            signature: { kind: "sr25519", bytes: `0x${"02".repeat(64)}` },
            ...{ era: { kind: "immortal" }, nonce: 1, tip: 0, call: "0x060102000000087b7d" },
            pushCommand: { contractId: 2, payload: "0x7b7d" },
          },
        ],
      },
    });
    const scale = file(
      "",
      encode(sample.extrinsics, (w, list) => w.vec(list, (w, bytes) => w.raw(bytes))),
    );
    expect(await extrinsics(scale)).toEqual(answer);
  });

  it("names calls by metadata", async () => {
    expect(await one("04 02 01 04", ...runtime)).toMatchObject({
      pallet: "Timestamp",
      name: "set",
      arguments: { now: 1 },
    });
    expect(await one("05 02 01 04", ...runtime)).toMatchObject({ version: 5, kind: "bare", name: "set" });
    for (const body of ["04 09", "04 06 00", "04"])
      expect(await one(body, ...runtime)).toMatchObject({ code: "extrinsic/unknown-pallet" });
    expect(await one("04 02 00", ...runtime)).toMatchObject({ code: "codec/bad-tag" });
    expect(await one("04 02 01 04 00", ...runtime)).toMatchObject({ code: "codec/trailing" });
  });

  it("leaves the extensions of later chains unread", async () => {
    const signed = `84 00 ${"01".repeat(32)} 00 ${"02".repeat(64)} 0000 00 0201`;
    expect(await one(signed, ...runtime)).toMatchObject({
      ...{ kind: "signed", signer: { kind: "account", id: `0x${"01".repeat(32)}` } },
      ...{ signature: { kind: "ed25519" }, rest: "0x0000000201" },
    });
    expect(await one(signed.replace("00 0202", "02 0202"))).toMatchObject({ signature: { kind: "ecdsa" } });
    expect(await one("45 00 0102")).toMatchObject({ version: 5, kind: "general", rest: "0x000102" });
  });

  it("refuses bytes that are not an extrinsic", async () => {
    for (const body of ["03", "44", "c4", "85", "06"])
      expect(await one(body)).toMatchObject({ code: "codec/bad-tag" });
    expect(await one(`85 00 ${"01".repeat(32)} 00 ${"02".repeat(64)} 00`)).toMatchObject({
      code: "codec/bad-tag",
    });
    expect(await one("")).toMatchObject({ code: "codec/truncated" });
    expect(await one("84 00 01")).toMatchObject({ kind: "signed", signer: { kind: "unknown" } });
    expect(await extrinsics(file(".json", ["0x04"]))).toEqual(refused("codec/too-long"));
    expect(await extrinsics(file(".json", ["0x040404"]))).toEqual(refused("codec/trailing"));
    expect(await extrinsics(file(".json", [4]))).toEqual(refused("json/wrong-type"));
    expect(await extrinsics(file("", fromHex("08040404")))).toEqual(refused("codec/too-long"));
    expect(await extrinsics("/nowhere")).toEqual(unusable);
    expect(await extrinsics(vector("extrinsics.json"), "--metadata", "/nowhere")).toEqual(unusable);
    expect(toHex(sample.extrinsics[0] ?? new Uint8Array())).toMatch(/^28/);
  });
});
