import { describe, expect, it } from "vitest";
import {
  type AuthenticAzure,
  type AuthenticSimulated,
  type AuthenticSnp,
  type Binding,
  type BindingPurpose,
  boundData,
  encodeLineage,
  jsonLineage,
  type Lineage,
  reportData,
  verifyBinding,
} from "../../src/attestation/index.ts";
import { concat, fromHex, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import type { Json } from "../../src/json/index.ts";
import { decodeAll } from "../../src/scale/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { codeOf } from "../support/code.ts";

interface Vector {
  readonly purpose: BindingPurpose;
  readonly public_key: string;
  readonly ecdh_public_key: string;
  readonly genesis_hash: string;
  readonly anchor: string;
  readonly nonce: string;
  readonly lineage: Json;
  readonly operator: string | null;
  readonly report_data: string;
}

const published = vectors("report-data/vectors.json") as Vector[];

function bindingOf(vector: Vector): Binding {
  return {
    purpose: vector.purpose,
    publicKey: fromHex(vector.public_key),
    ecdhPublicKey: fromHex(vector.ecdh_public_key),
    genesisHash: fromHex(vector.genesis_hash),
    anchor: fromHex(vector.anchor),
    nonce: fromHex(vector.nonce),
    lineage: jsonLineage(vector.lineage, ""),
    operator: vector.operator === null ? undefined : fromHex(vector.operator),
  };
}

const binding = bindingOf(published[0] as Vector);
const purposes: readonly BindingPurpose[] = [
  "worker",
  "registration",
  "handover-source",
  "handover-receiver",
];
const byteFields = ["publicKey", "ecdhPublicKey", "genesisHash", "anchor", "nonce"] as const;

const lineage: Lineage = [
  { kind: "sealed", code: { measurement: "00" }, block: { number: 1, hash: new Uint8Array(32) } },
];

function simulated(data: Uint8Array): AuthenticSimulated {
  const rest = {
    tcbStatus: "Unversioned",
    advisories: [],
    measurements: {},
    debug: false,
    validUntilMs: 0,
  } as const;
  return { kind: "simulated", reportData: data, ...rest };
}

/** The bytes whose hash is the report data. */
function preimage(of: Binding): Uint8Array {
  return reportData({ sha512: (bytes) => bytes.slice() }, of);
}

describe("reportData", () => {
  it.each(published)("vectors/report-data: $purpose, nonce $nonce", (vector) =>
    expect(toHex(reportData(crypto, bindingOf(vector)))).toBe(vector.report_data),
  );

  it("hashes its fields in the documented order, each after its length", () => {
    const fields = decodeAll(preimage(binding), (r) =>
      Array.from({ length: 9 }, () => r.take(r.u32()).slice()),
    );
    const { publicKey, ecdhPublicKey, genesisHash, anchor, nonce } = binding;
    expect(fields).toEqual([
      utf8("pruntime/report-data/2"),
      utf8("worker"),
      ...[publicKey, ecdhPublicKey, genesisHash, anchor, nonce],
      utf8("[]"),
      new Uint8Array(),
    ]);
  });

  it("hashes the lineage in canonical JSON, and the operator's account", () => {
    const bound = { ...binding, lineage, operator: new Uint8Array(32).fill(9) };
    const fields = decodeAll(preimage(bound), (r) =>
      Array.from({ length: 9 }, () => r.take(r.u32()).slice()),
    );
    expect(fields.slice(7)).toEqual([encodeLineage(lineage), new Uint8Array(32).fill(9)]);
    expect(codeOf(() => reportData(crypto, { ...binding, operator: new Uint8Array(31) }))).toBe(
      "codec/out-of-range",
    );
  });

  it("differs for every purpose", () =>
    expect(new Set(purposes.map((purpose) => toHex(reportData(crypto, { ...binding, purpose })))).size).toBe(
      purposes.length,
    ));

  it.each(byteFields)("codec/out-of-range: %s of another length", (field) => {
    const { length } = binding[field];
    for (const other of [0, length - 1, length + 1])
      expect(codeOf(() => reportData(crypto, { ...binding, [field]: new Uint8Array(other) }))).toBe(
        "codec/out-of-range",
      );
  });

  it("codec/out-of-range: a byte that moved from one field into the next", () => {
    const { publicKey, ecdhPublicKey } = binding;
    const moved = {
      publicKey: publicKey.subarray(0, 32),
      ecdhPublicKey: concat(publicKey.subarray(32), ecdhPublicKey),
    };
    expect(codeOf(() => reportData(crypto, { ...binding, ...moved }))).toBe("codec/out-of-range");
  });

  it("encodes a purpose with its length, so one that starts with another cannot be mistaken for it", () => {
    const [shorter, longer] = ["p", "p\u0002"].map((purpose) =>
      preimage({ ...binding, purpose: purpose as BindingPurpose }),
    );
    expect(toHex(shorter as Uint8Array)).toContain(`01000000${toHex(utf8("p"))}21000000`);
    expect(toHex(longer as Uint8Array)).toContain(`02000000${toHex(utf8("p\u0002"))}21000000`);
  });
});

describe("verifyBinding", () => {
  const data = reportData(crypto, binding);

  it("accepts evidence that is bound to everything that is expected", () =>
    expect(codeOf(() => verifyBinding(crypto, binding, simulated(data)))).toBe("accepted"));

  it.each(byteFields)("binding/wrong-report-data: another %s", (field) => {
    const last = binding[field].length - 1;
    for (const at of [0, last]) {
      const other = { ...binding, [field]: binding[field].map((byte, i) => (i === at ? byte ^ 1 : byte)) };
      expect(codeOf(() => verifyBinding(crypto, other, simulated(data)))).toBe("binding/wrong-report-data");
    }
  });

  it("binding/wrong-report-data: another lineage or operator", () => {
    const operator = new Uint8Array(32);
    for (const other of [{ lineage }, { operator }]) {
      expect(codeOf(() => verifyBinding(crypto, { ...binding, ...other }, simulated(data)))).toBe(
        "binding/wrong-report-data",
      );
      const bound = simulated(reportData(crypto, { ...binding, ...other }));
      expect(codeOf(() => verifyBinding(crypto, binding, bound))).toBe("binding/wrong-report-data");
    }
  });

  it.each(purposes.slice(1))("binding/wrong-report-data: evidence for a worker presented as %s", (purpose) =>
    expect(codeOf(() => verifyBinding(crypto, { ...binding, purpose }, simulated(data)))).toBe(
      "binding/wrong-report-data",
    ),
  );

  it("binding/wrong-report-data: any bit of the 64 bytes flipped", () => {
    for (let bit = 0; bit < 512; bit++) {
      const flipped = data.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(codeOf(() => verifyBinding(crypto, binding, simulated(flipped)))).toBe(
        "binding/wrong-report-data",
      );
    }
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["zeros", new Uint8Array(64)],
    ["the first half", data.subarray(0, 32)],
    ["the first half and zeros", concat(data.subarray(0, 32), new Uint8Array(32))],
    ["a byte more", concat(data, Uint8Array.of(0))],
  ])("binding/wrong-report-data: %s", (_, other) =>
    expect(codeOf(() => verifyBinding(crypto, binding, simulated(other)))).toBe("binding/wrong-report-data"),
  );

  it("on Azure compares the vTPM's nonce, never the paravisor's report data", () => {
    const hardware = { ...simulated(data), kind: "snp" } as unknown as AuthenticSnp;
    const azure = (nonce: Uint8Array, own: Uint8Array): AuthenticAzure => ({
      ...simulated(own),
      kind: "azure",
      hardware,
      nonce,
      pcrs: {},
    });
    expect(boundData(azure(data, new Uint8Array(64)))).toEqual(data);
    expect(codeOf(() => verifyBinding(crypto, binding, azure(data, new Uint8Array(64))))).toBe("accepted");
    expect(codeOf(() => verifyBinding(crypto, binding, azure(new Uint8Array(64), data)))).toBe(
      "binding/wrong-report-data",
    );
  });
});
