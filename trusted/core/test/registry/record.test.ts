import { describe, expect, it } from "vitest";
import { encodeLineage, evidenceKinds, type Lineage, tcbStatuses } from "../../src/attestation/index.ts";
import { concat, utf8 } from "../../src/bytes/index.ts";
import { decodeWorkerRecord } from "../../src/registry/index.ts";
import { Writer } from "../../src/scale/index.ts";

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

const lineage: Lineage = [{ kind: "tdx", code: { mrtd: "0a" }, block: { number: 3, hash: filled(32, 7) } }];

interface Tags {
  readonly kind?: number;
  readonly status?: number;
  readonly measurements?: number;
}

function encoded({ kind = 1, status = 4, measurements = 1 }: Tags = {}): Uint8Array {
  return new Writer()
    .raw(filled(32, 1))
    .u8(kind)
    .vec(Array.from({ length: measurements }), (w) => w.vecU8(utf8("mrtd")).vecU8(filled(48, 2)))
    .u8(status)
    .vec(["INTEL-SA-00615"], (w, id) => w.vecU8(utf8(id)))
    .raw(filled(65, 3))
    .raw(filled(32, 4))
    .raw(filled(32, 5))
    .u32(7)
    .u64(1_600_000_000_000n)
    .u32(6)
    .raw(filled(32, 8))
    .raw(filled(32, 9))
    .vecU8(encodeLineage(lineage))
    .finish();
}

describe("a worker's record", () => {
  it("is read in the documented layout, from a view of a larger buffer too", () => {
    const want = {
      operator: filled(32, 1),
      kind: "tdx",
      measurements: { mrtd: "02".repeat(48) },
      tcbStatus: "OutOfDate",
      advisories: ["INTEL-SA-00615"],
      ecdhPublicKey: filled(65, 3),
      genesisHash: filled(32, 4),
      anchor: filled(32, 5),
      registeredAt: 7,
      registeredMs: 1_600_000_000_000n,
      evidenceBlock: 6,
      evidenceHash: filled(32, 8),
      policyHash: filled(32, 9),
      lineage,
    };
    expect(decodeWorkerRecord(encoded())).toEqual(want);
    expect(decodeWorkerRecord(concat(filled(3, 0xff), encoded()).subarray(3))).toEqual(want);
  });

  it("is refused when cut short anywhere, and with anything after it", () => {
    const whole = encoded();
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeWorkerRecord(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^codec\/(truncated|too-long)$/) as string }),
      );
    expect(() => decodeWorkerRecord(concat(whole, filled(1, 0)))).toThrow(
      expect.objectContaining({ code: "codec/trailing" }),
    );
  });

  it.each<[what: string, tags: Tags, code: string]>([
    ["an unknown kind", { kind: evidenceKinds.length }, "codec/bad-tag"],
    ["an unknown status", { status: tcbStatuses.length }, "codec/bad-tag"],
    ["more measurements than any hardware has", { measurements: 257 }, "codec/too-long"],
  ])("is refused with %s", (_, tags, code) => {
    expect(() => decodeWorkerRecord(encoded(tags))).toThrow(expect.objectContaining({ code }));
  });

  it("is refused if the name of a measurement is not UTF-8", () => {
    const bytes = encoded();
    bytes[32 + 1 + 1 + 1] = 0xff; // the first byte of "mrtd"
    expect(() => decodeWorkerRecord(bytes)).toThrow(expect.objectContaining({ code: "bytes/bad-utf8" }));
  });
});
