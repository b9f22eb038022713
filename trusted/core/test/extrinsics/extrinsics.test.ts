import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { decodeSignedBlock } from "../../src/bridge-2020/index.ts";
import { concat, from0x, fromHex, to0x, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { decodeExtrinsic2020, decodePushCommand2020, extrinsicsRoot } from "../../src/extrinsics/index.ts";
import { CodecError, encode } from "../../src/scale/index.ts";
import { filled, offsetView } from "../trie/states.ts";

const withLength = (body: Uint8Array): Uint8Array => encode(body, (w, b) => w.vecU8(b));
const alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
const account = `ff${alice}`;
const sr25519 = `01${"ab".repeat(64)}`;

/** A signed extrinsic from the hex of its parts. */
const signed = ({
  version = "84",
  address = account,
  signature = sr25519,
  era = "00",
  nonce = "00",
  tip = "00",
  call = "0600",
} = {}) => withLength(fromHex(version + address + signature + era + nonce + tip + call));

function verdict(run: () => unknown): string {
  try {
    run();
    return "accept";
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return error.code;
  }
}

describe("decodeExtrinsic2020", () => {
  it("reads an inherent", () => {
    expect(decodeExtrinsic2020(fromHex("280401000bf07ca2cb6e01"))).toEqual({
      call: fromHex("01000bf07ca2cb6e01"),
    });
  });

  it("reads a signed extrinsic, from an offset view too", () => {
    const bytes = signed({ era: "a501", nonce: "2d02", tip: "04", call: "060102000000" });
    const expected = {
      signer: { kind: "account", id: fromHex(alice) },
      signature: { kind: "sr25519", bytes: filled(64, 0xab) },
      era: { kind: "mortal", period: 64, phase: 26 },
      nonce: 139,
      tip: 1n,
      call: fromHex("060102000000"),
    };
    expect(decodeExtrinsic2020(bytes)).toEqual(expected);
    expect(decodeExtrinsic2020(offsetView(bytes))).toEqual(expected);
  });

  it.each([
    ["00", 0],
    ["ef", 239],
    ["fcf000", 240],
    ["fcffff", 65_535],
    ["fd00000100", 65_536],
    ["fdffffffff", 4_294_967_295],
  ])("reads the index address %s", (address, index) => {
    expect(decodeExtrinsic2020(signed({ address })).signer).toEqual({ kind: "index", index });
  });

  it.each([
    ["00", "ed25519", 64],
    ["01", "sr25519", 64],
    ["02", "ecdsa", 65],
  ])("reads signature %s, %s, of %i bytes", (tag, kind, length) => {
    const extrinsic = decodeExtrinsic2020(signed({ signature: tag + "cd".repeat(length), call: "0600" }));
    expect(extrinsic).toMatchObject({
      signature: { kind, bytes: filled(length, 0xcd) },
      call: fromHex("0600"),
    });
  });

  it.each([
    ["00", { kind: "immortal" }],
    ["0100", { kind: "mortal", period: 4, phase: 0 }],
    ["3100", { kind: "mortal", period: 4, phase: 3 }],
    ["4503", { kind: "mortal", period: 64, phase: 52 }],
    ["9be0", { kind: "mortal", period: 4096, phase: 3593 }],
    ["dfef", { kind: "mortal", period: 65_536, phase: 61_392 }],
    ["efff", { kind: "mortal", period: 65_536, phase: 65_504 }],
  ])("reads era %s", (era, expected) => {
    expect(decodeExtrinsic2020(signed({ era }))).toMatchObject({ era: expected, call: fromHex("0600") });
  });

  it.each([
    ["codec/truncated", "no bytes", new Uint8Array()],
    ["codec/truncated", "no version", fromHex("00")],
    ["codec/too-long", "less than its length", fromHex("2c0401000bf07ca2cb6e01")],
    ["codec/trailing", "more than its length", fromHex("240401000bf07ca2cb6e01")],
    ["codec/non-canonical", "a length not in its shortest form", fromHex("29000401000bf07ca2cb6e01")],
    ["codec/bad-tag", "version 3", signed({ version: "83" })],
    ["codec/bad-tag", "version 5", withLength(fromHex("050600"))],
    ["codec/bad-tag", "address form f0", signed({ address: "f0" })],
    ["codec/bad-tag", "address form fb", signed({ address: "fb" })],
    ["codec/bad-tag", "a 64-bit index", signed({ address: "fe0000000001000000" })],
    ["codec/non-canonical", "a two-byte index that fits in one", signed({ address: "fcef00" })],
    ["codec/non-canonical", "a four-byte index that fits in two", signed({ address: "fdffff0000" })],
    ["codec/bad-tag", "a fourth kind of signature", signed({ signature: `03${"ab".repeat(64)}` })],
    ["codec/out-of-range", "an era of two blocks", signed({ era: "1000" })],
    ["codec/out-of-range", "an era whose phase is its period", signed({ era: "4100" })],
    ["codec/out-of-range", "a nonce of 33 bits", signed({ nonce: "070000000001" })],
    ["codec/non-canonical", "a nonce not in its shortest form", signed({ nonce: "0100" })],
    ["codec/out-of-range", "a tip of 129 bits", signed({ tip: `37${"00".repeat(16)}01` })],
    ["codec/truncated", "no call's tip", withLength(signed().subarray(2, -3))],
  ])("%s: %s", (expected, _, bytes) => {
    expect(verdict(() => decodeExtrinsic2020(bytes))).toBe(expected);
  });

  it("throws only CodecError, for any bytes", () => {
    const bytes = fc.array(fc.oneof(fc.constantFrom(0x04, 0x84, 0xff, 0xfc, 0, 1, 2), fc.nat(255)), {
      maxLength: 160,
    });
    fc.assert(
      fc.property(bytes, (list) => {
        verdict(() => decodeExtrinsic2020(withLength(Uint8Array.from(list))));
        verdict(() => decodeExtrinsic2020(Uint8Array.from(list)));
      }),
      { numRuns: 500 },
    );
  });
});

describe("decodePushCommand2020", () => {
  it("reads contract and payload, from an offset view too", () => {
    const call = concat(
      fromHex("060102000000"),
      encode(utf8('{"Plain":"{}"}'), (w, b) => w.vecU8(b)),
    );
    const expected = { contractId: 2, payload: utf8('{"Plain":"{}"}') };
    expect(decodePushCommand2020(call)).toEqual(expected);
    expect(decodePushCommand2020(offsetView(call))).toEqual(expected);
  });

  it.each(["", "06", "0600", "0602", "0500", "0501020000000400", "01000bf07ca2cb6e01"])(
    "returns undefined for another call: %s",
    (call) => {
      expect(decodePushCommand2020(fromHex(call))).toBeUndefined();
    },
  );

  it.each([
    ["codec/truncated", "0601"],
    ["codec/truncated", "0601020000"],
    ["codec/too-long", "06010200000008aa"],
    ["codec/too-long", "060102000000feffffff"],
    ["codec/trailing", "06010200000004aabb"],
    ["codec/non-canonical", "0601020000000500aa"],
  ])("%s: %s", (expected, call) => {
    expect(verdict(() => decodePushCommand2020(fromHex(call)))).toBe(expected);
  });
});

describe("extrinsicsRoot", () => {
  it("of an empty body", () => {
    expect(toHex(extrinsicsRoot(crypto, []))).toBe(
      "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
    );
  });
});

describe("recorded blocks", () => {
  const it = recorded.extend("block", ({ files }) =>
    decodeSignedBlock(files.base64("phala/2020-bridge/signed-block-2019-12-14.b64")),
  );

  it("of December 2019: the root, an inherent, and Alice's transfer to Bob", ({
    block: { header, extrinsics },
  }) => {
    expect(toHex(extrinsicsRoot(crypto, extrinsics))).toBe(toHex(header.extrinsicsRoot));
    const [timestamp, transfer] = extrinsics.map(decodeExtrinsic2020);
    expect(timestamp?.signer).toBeUndefined();
    expect(timestamp?.call.subarray(0, 2)).toEqual(fromHex("0100"));
    expect(transfer).toMatchObject({
      signer: { kind: "account", id: fromHex(alice) },
      signature: { kind: "sr25519" },
      era: { kind: "mortal", period: 64, phase: 26 },
      nonce: 0,
      tip: 0n,
    });
    expect(toHex(transfer?.call ?? new Uint8Array())).toMatch(/^0400ff8eaf0415[0-9a-f]{56}070010a5d4e8$/);
    expect(decodePushCommand2020(transfer?.call ?? new Uint8Array())).toBeUndefined();
  });

  it("of December 2019: the root differs for a changed, missing, added or moved extrinsic", ({
    block: { header, extrinsics },
  }) => {
    const [first, second] = extrinsics as [Uint8Array, Uint8Array];
    const bodies = [
      [second, first],
      [first],
      [first, second, first],
      [first, second.with(40, (second[40] ?? 0) ^ 1)],
    ];
    for (const body of bodies) expect(extrinsicsRoot(crypto, body)).not.toEqual(header.extrinsicsRoot);
  });

  recorded("of public chains", ({ files }) => {
    const { blocks } = files.json("substrate/e-blocks.json.gz");
    expect(blocks.length).toBe(15);
    for (const { chain, number, extrinsics, extrinsicsRoot: root } of blocks)
      expect(to0x(extrinsicsRoot(crypto, extrinsics.map(from0x))), `${chain} ${number}`).toBe(root);
  });
});
