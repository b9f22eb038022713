/**
 * The record of a worker's mark. Each call that makes a higher block final replaces the record. A host can
 * bring back an earlier record. Only clients can notice this, because nothing inside the enclave outlives its
 * process.
 */
import type { BlockPoint } from "@pruntime/core/light-client";
import { decodeAll, encode, type Reader, type Writer } from "@pruntime/core/scale";
import type { Mark } from "../mark.ts";
import type { State } from "../state.ts";
import { type KeptRecord, type RecordKind, recordOf } from "./record.ts";

/** A mark, and the anchor of the chain to which it belongs. */
export interface KeptMark {
  readonly mark: Mark;
  /** 32 bytes. */
  readonly anchor: Uint8Array;
}

const version = 1;

/**
 * `1 ‖ anchor(32) ‖ finalized block ‖ set id u64 ‖ Option<parachain's block>`, where a block is
 * `number u32 ‖ hash(32)`.
 */
export const markRecord: RecordKind<KeptMark> = {
  kind: "mark",
  write: ({ mark: { finalized, setId, para }, anchor }) => ({
    name: "",
    bytes: encode(finalized, (w) => {
      writePoint(w.u8(version).raw(anchor), finalized);
      w.u64(setId).option(para, writePoint);
    }),
  }),
  read: ({ bytes }) =>
    decodeAll(bytes, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Mark", have);
      const anchor = r.take(32).slice();
      return { anchor, mark: { finalized: readPoint(r), setId: r.u64(), para: r.option(readPoint) } };
    }),
};

/** The record of the mark, if the mark of `next` is new. */
export function newMark(last: State, { running }: State): KeptRecord[] {
  if (running === undefined) return [];
  const { mark, anchor } = running.chain;
  return mark === (last.running?.chain.mark ?? last.mark) ? [] : [recordOf(markRecord, { mark, anchor })];
}

function writePoint(w: Writer, { number, hash }: BlockPoint): void {
  w.u32(number).raw(hash);
}

function readPoint(r: Reader): BlockPoint {
  return { number: r.u32(), hash: r.take(32).slice() };
}
