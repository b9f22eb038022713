/**
 * A worker's record in the registry's storage, in SCALE:
 * `operator(32) ‖ kind u8 ‖ Vec<(name str, value Vec<u8>)> ‖ TCB status u8 ‖ Vec<advisory str> ‖
 * key agreement key(65) ‖ genesis hash(32) ‖ anchor(32) ‖ registered at u32 ‖ registered ms u64 ‖
 * evidence block u32 ‖ evidence hash(32) ‖ policy hash(32) ‖ lineage Vec<u8>`.
 * A record is only as trustworthy as the state it was read from; the caller must have proven that state.
 */
import {
  decodeLineage,
  type EvidenceKind,
  evidenceKinds,
  type Lineage,
  type TcbStatus,
  tcbStatuses,
} from "../attestation/index.ts";
import { fromUtf8, toHex } from "../bytes/index.ts";
import { decodeAll, type Reader } from "../scale/index.ts";

/** What a chain has verified about a worker, and when. */
export interface WorkerRecord {
  /** The account that registered the worker, 32 bytes. */
  readonly operator: Uint8Array;
  readonly kind: EvidenceKind;
  /** The measurements in hex. As in authentic evidence, the keys are the names that the hardware uses. */
  readonly measurements: Readonly<Record<string, string>>;
  readonly tcbStatus: TcbStatus;
  readonly advisories: readonly string[];
  /** Uncompressed P-256 key, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  readonly genesisHash: Uint8Array;
  /** The hash of the worker's trust anchor, 32 bytes. */
  readonly anchor: Uint8Array;
  /**
   * The number of the block that registered the worker. `registeredMs` is that block's chain time, in Unix
   * milliseconds.
   */
  readonly registeredAt: number;
  readonly registeredMs: bigint;
  /** The number of a block whose hash the evidence contains. The evidence is not older than this block. */
  readonly evidenceBlock: number;
  /** blake2b-256 of the evidence's JSON as it was submitted. The JSON itself is in `Registry.Evidence`. */
  readonly evidenceHash: Uint8Array;
  /** The hash of the policy that accepted the evidence. A later policy might reject the same evidence. */
  readonly policyHash: Uint8Array;
  /** The code that held the worker's keys before it, to which the evidence is bound. */
  readonly lineage: Lineage;
}

/**
 * The measurements, and the advisories, in a worker's record on the chain.
 * @limit entries
 * @source chosen: genuine records have far fewer
 * @past `codec/too-long`
 */
const maxEntries = 256;

/**
 * Decodes a worker's record from its storage value.
 * @throws CodecError, BytesError, JsonError
 */
export function decodeWorkerRecord(bytes: Uint8Array): WorkerRecord {
  return decodeAll(bytes, readRecord);
}

function readRecord(r: Reader): WorkerRecord {
  return {
    operator: r.take(32),
    kind: readUnit(r, "EvidenceKind", evidenceKinds),
    measurements: Object.fromEntries(r.vec(2, readMeasurement, maxEntries)),
    tcbStatus: readUnit(r, "TcbStatus", tcbStatuses),
    advisories: r.vec(1, (r) => fromUtf8(r.vecU8()), maxEntries),
    ecdhPublicKey: r.take(65),
    genesisHash: r.take(32),
    anchor: r.take(32),
    registeredAt: r.u32(),
    registeredMs: r.u64(),
    evidenceBlock: r.u32(),
    evidenceHash: r.take(32),
    policyHash: r.take(32),
    lineage: decodeLineage(r.vecU8()),
  };
}

function readMeasurement(r: Reader): readonly [name: string, hex: string] {
  return [fromUtf8(r.vecU8()), toHex(r.vecU8())];
}

function readUnit<T>(r: Reader, type: string, words: readonly T[]): T {
  const tag = r.u8();
  const word = words[tag];
  if (word === undefined) throw r.badTag(type, tag);
  return word;
}
