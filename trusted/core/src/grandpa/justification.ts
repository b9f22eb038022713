/**
 * The proof that a block is final: signed precommits of one round, and the headers that connect the blocks of
 * those precommits to a common base.
 *
 * `round u64 ‖ target hash(32) ‖ target number u32 ‖ Vec<SignedPrecommit> ‖ Vec<Header>`, `SignedPrecommit =
 * target hash(32) ‖ target number u32 ‖ signature(64) ‖ id(32)`.
 * @see https://github.com/paritytech/polkadot-sdk/blob/009c1010aa76648c6a8b2895fa02414212c73b8e/substrate/primitives/consensus/grandpa/src/lib.rs
 */
import { fixed32, type Header, leastHeaderBytes, readHeader, writeHeader } from "../chain/index.ts";
import { CodecError, decodeAll, encode, type Reader, u32At, Writer } from "../scale/index.ts";

/** One voter's vote to finalize a block and all of its ancestors. */
export interface SignedPrecommit {
  readonly targetHash: Uint8Array;
  readonly targetNumber: number;
  /** The ed25519 signature over {@link precommitMessage}, 64 bytes. */
  readonly signature: Uint8Array;
  /** The voter's public key, 32 bytes. */
  readonly id: Uint8Array;
}

/** Votes of one round that together finalize the target. */
export interface Commit {
  readonly round: bigint;
  readonly targetHash: Uint8Array;
  readonly targetNumber: number;
  readonly precommits: readonly SignedPrecommit[];
}

/** A commit with the headers that connect its votes. */
export interface Justification extends Commit {
  /**
   * In any order, the headers of the blocks that the votes are for, and of their ancestors down to the base.
   * The base itself is not included.
   */
  readonly votesAncestries: readonly Header[];
}

/**
 * The length of one encoded {@link SignedPrecommit}, in bytes.
 * @format
 */
export const precommitBytes = 132;

/**
 * The ancestry headers in a justification.
 * @limit headers
 * @source chosen: an honest round spans a few headers, or perhaps hundreds when the chain has stalled
 * @past `codec/too-long`
 */
export const maxAncestryHeaders = 4096;

/**
 * Decodes bytes that are exactly one justification; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeJustification(bytes: Uint8Array): Justification {
  return decodeAll(bytes, readJustification);
}

/**
 * Reads a justification inside a larger value.
 * @throws CodecError
 */
export function readJustification(r: Reader): Justification {
  return { ...readCommit(r), votesAncestries: r.vec(leastHeaderBytes, readHeader, maxAncestryHeaders) };
}

function readCommit(r: Reader): Commit {
  const round = r.u64();
  const targetHash = r.take(32);
  return { round, targetHash, targetNumber: r.u32(), precommits: readPrecommits(r, targetHash) };
}

/**
 * Reads all votes with one bounds check. Votes for the commit's target share one view of the target's hash.
 */
function readPrecommits(r: Reader, commitTarget: Uint8Array): SignedPrecommit[] {
  const count = r.count(precommitBytes);
  const bytes = r.take(count * precommitBytes);
  const precommits: SignedPrecommit[] = [];
  for (let at = 0; at < bytes.length; at += precommitBytes)
    precommits.push({
      targetHash: startsAt(bytes, at, commitTarget) ? commitTarget : bytes.subarray(at, at + 32),
      targetNumber: u32At(bytes, at + 32),
      signature: bytes.subarray(at + 36, at + 100),
      id: bytes.subarray(at + 100, at + 132),
    });
  return precommits;
}

function startsAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}

/**
 * The SCALE bytes of a justification, as nodes store and send it.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeJustification(justification: Justification): Uint8Array {
  return encode(justification, writeJustification);
}

/**
 * Writes a justification inside a larger value.
 * @throws CodecError `codec/out-of-range`
 */
export function writeJustification(w: Writer, justification: Justification): void {
  const { round, targetHash, targetNumber, precommits, votesAncestries } = justification;
  w.u64(round).raw(fixed32(targetHash)).u32(targetNumber);
  w.vec(precommits, writePrecommit).vec(votesAncestries, writeHeader);
}

function writePrecommit(w: Writer, { targetHash, targetNumber, signature, id }: SignedPrecommit): void {
  if (signature.length !== 64) throw new CodecError({ code: "codec/out-of-range", type: "[u8; 64]" });
  w.raw(fixed32(targetHash)).u32(targetNumber).raw(signature).raw(fixed32(id));
}

/** The message that a voter signs: 1 ‖ target hash ‖ target number u32 ‖ round u64 ‖ set id u64. */
export function precommitMessage(
  targetHash: Uint8Array,
  targetNumber: number,
  round: bigint,
  setId: bigint,
): Uint8Array {
  return new Writer().u8(1).raw(targetHash).u32(targetNumber).u64(round).u64(setId).finish();
}
