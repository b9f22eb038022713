/**
 * The record of a worker's mark. Each call that makes a higher block final replaces the record. A host can
 * bring back an earlier record. Only clients can notice this, because nothing inside the enclave outlives its
 * process.
 */
import { equal } from "@pruntime/core/bytes";
import type { BlockPoint } from "@pruntime/core/light-client";
import { decodeAll, encode, type Reader, type Writer } from "@pruntime/core/scale";
import type { Chain } from "../chain.ts";
import type { WorkerKeys } from "../identity.ts";
import type { Mark } from "../mark.ts";
import { type KeptRecord, type RecordKind, recordOf } from "./record.ts";

/**
 * The public keys and the anchor to which a mark belongs. A mark of other keys must not be restored: a second
 * worker with the same sealing key has a mark of the same anchor, but may never have left the anchor. A
 * worker that received keys in a handover has a new key agreement key, so its mark from before the handover
 * belongs to other keys too.
 */
export interface MarkOwner {
  /** The identity key, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** The key agreement key, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  /** 32 bytes. */
  readonly anchor: Uint8Array;
}

/** A mark, and the keys and the chain to which it belongs. */
export interface KeptMark extends MarkOwner {
  readonly mark: Mark;
}

const version = 3;

/**
 * `3 ‖ anchor(32) ‖ identity key(33) ‖ key agreement key(65) ‖ mark`, as {@link writeMark} writes the mark.
 */
export const markRecord: RecordKind<KeptMark> = {
  kind: "mark",
  write: ({ mark, publicKey, ecdhPublicKey, anchor }) => ({
    name: "",
    bytes: encode(mark, (w) => writeMark(w.u8(version).raw(anchor).raw(publicKey).raw(ecdhPublicKey), mark)),
  }),
  read: ({ bytes }) =>
    decodeAll(bytes, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Mark", have);
      const [anchor, publicKey, ecdhPublicKey] = [r.take(32).slice(), r.take(33).slice(), r.take(65).slice()];
      return { anchor, publicKey, ecdhPublicKey, mark: readMark(r) };
    }),
};

/** The keys that own a mark. */
type MarkKeys = Pick<WorkerKeys, "signer" | "keyPair">;

/** The owner of the marks that a worker with these keys makes on the chain with this anchor. */
export function markOwner({ signer, keyPair }: MarkKeys, anchor: Uint8Array): MarkOwner {
  return { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, anchor };
}

/** Tells whether two owners are the same. */
export function sameOwner(a: MarkOwner, b: MarkOwner): boolean {
  return (
    equal(a.anchor, b.anchor) && equal(a.publicKey, b.publicKey) && equal(a.ecdhPublicKey, b.ecdhPublicKey)
  );
}

/** The part of a worker's state that its mark depends on. */
interface Marked {
  readonly running: { readonly chain: Pick<Chain, "mark" | "anchor"> } | undefined;
  readonly mark: Mark | undefined;
}

/** The record of the mark, if the mark of `next` is new. @param keys the worker's keys */
export function newMark(keys: MarkKeys, last: Marked, { running }: Marked): KeptRecord[] {
  if (running === undefined) return [];
  const { mark, anchor } = running.chain;
  if (mark === (last.running?.chain.mark ?? last.mark)) return [];
  return [recordOf(markRecord, { mark, ...markOwner(keys, anchor) })];
}

/**
 * Writes `finalized block ‖ set id u64 ‖ Option<parachain's block> ‖ policy serial u32`, where a block is
 * `number u32 ‖ hash(32)`.
 */
export function writeMark(w: Writer, { finalized, setId, para, policySerial }: Mark): void {
  writePoint(w, finalized);
  w.u64(setId).option(para, writePoint).u32(policySerial);
}

/** Reads what {@link writeMark} wrote. @throws CodecError */
export function readMark(r: Reader): Mark {
  return { finalized: readPoint(r), setId: r.u64(), para: r.option(readPoint), policySerial: r.u32() };
}

function writePoint(w: Writer, { number, hash }: BlockPoint): void {
  w.u32(number).raw(hash);
}

function readPoint(r: Reader): BlockPoint {
  return { number: r.u32(), hash: r.take(32).slice() };
}
