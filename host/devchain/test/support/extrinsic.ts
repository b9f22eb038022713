/** Writes signed extrinsics byte by byte, without the chain's own codecs. */
import { concat } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { encode, Writer } from "@pruntime/core/scale";
import type { Devchain } from "@pruntime/devchain";
import type { Signer } from "./keys.ts";

export interface SignOptions {
  /** Default: the account's nonce in the best block's state. */
  readonly nonce?: number;
  readonly tip?: bigint;
  /**
   * `period` is a power of two, at least 4. `current` is the block number that determines the era's phase.
   * Default: immortal.
   */
  readonly era?: { readonly period: number; readonly current: number };
  /** Default: the hash of block `era.current`; for an immortal transaction, the hash of genesis. */
  readonly birthHash?: Uint8Array;
  readonly genesisHash?: Uint8Array;
  readonly specVersion?: number;
  readonly metadataMode?: 0 | 1;
}

export function pushCommand(contractId: number, payload: Uint8Array): Uint8Array {
  return new Writer().u8(6).u8(1).u32(contractId).vecU8(payload).finish();
}

/** Encodes the call `note_command`, which the runtime has from its second version on. */
export function noteCommand(contractId: number, payload: Uint8Array): Uint8Array {
  return new Writer().u8(6).u8(2).u32(contractId).vecU8(payload).finish();
}

export function remarkWithEvent(remark: Uint8Array): Uint8Array {
  return new Writer().u8(0).u8(7).vecU8(remark).finish();
}

export function batch(kind: "batch" | "batch_all" | "force_batch", calls: readonly Uint8Array[]): Uint8Array {
  const index = { batch: 0, batch_all: 2, force_batch: 4 }[kind];
  return new Writer()
    .u8(7)
    .u8(index)
    .vec(calls, (w, call) => w.raw(call))
    .finish();
}

export function proxy(real: Uint8Array, call: Uint8Array): Uint8Array {
  return new Writer().u8(8).u8(0).u8(0).raw(real).u8(0).raw(call).finish();
}

export function changeProxy(kind: "add" | "remove", delegate: Uint8Array, delay = 0): Uint8Array {
  return new Writer()
    .u8(8)
    .u8(kind === "add" ? 1 : 2)
    .u8(0)
    .raw(delegate)
    .u8(0)
    .u32(delay)
    .finish();
}

export interface Approval {
  readonly threshold: number;
  /** All signatories except the signer, in order. */
  readonly others: readonly Uint8Array[];
  /** The timepoint of the first approval; absent in the first approval itself. */
  readonly timepoint?: readonly [height: number, index: number];
}

export function asMultiThreshold1(others: readonly Uint8Array[], call: Uint8Array): Uint8Array {
  return new Writer()
    .u8(9)
    .u8(0)
    .vec(others, (w, other) => w.raw(other))
    .raw(call)
    .finish();
}

export function asMulti(approval: Approval, call: Uint8Array): Uint8Array {
  return approve(1, approval).raw(call).compact(0).compact(0).finish();
}

export function approveAsMulti(approval: Approval, call: Uint8Array): Uint8Array {
  return approve(2, approval).raw(portableCrypto.blake2b256(call)).compact(0).compact(0).finish();
}

function approve(index: number, { threshold, others, timepoint }: Approval): Writer {
  return new Writer()
    .u8(9)
    .u8(index)
    .u16(threshold)
    .vec(others, (w, other) => w.raw(other))
    .option(timepoint, (w, [height, at]) => w.u32(height).u32(at));
}

export function transfer(kind: "allow_death" | "keep_alive", dest: Uint8Array, value: bigint): Uint8Array {
  return new Writer()
    .u8(4)
    .u8(kind === "allow_death" ? 0 : 3)
    .u8(0)
    .raw(dest)
    .compact(value)
    .finish();
}

export function setPolicy(policy: Uint8Array): Uint8Array {
  return new Writer().u8(10).u8(0).vecU8(policy).finish();
}

/** The arguments of `register_worker`. */
export interface RegisterWorker {
  readonly evidence: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly ecdhPublicKey: Uint8Array;
  readonly anchor: Uint8Array;
  readonly blockNumber: number;
  readonly lineage: Uint8Array;
}

export function registerWorker({
  evidence,
  publicKey,
  ecdhPublicKey,
  anchor,
  blockNumber,
  lineage,
}: RegisterWorker): Uint8Array {
  return new Writer()
    .u8(10)
    .u8(1)
    .vecU8(evidence)
    .raw(publicKey)
    .raw(ecdhPublicKey)
    .raw(anchor)
    .u32(blockNumber)
    .vecU8(lineage)
    .finish();
}

export function deregisterWorker(publicKey: Uint8Array): Uint8Array {
  return new Writer().u8(10).u8(2).raw(publicKey).finish();
}

/** Makes a signed extrinsic, with its length prefix. */
export function signed(
  chain: Devchain,
  { id, scheme, sign }: Signer,
  call: Uint8Array,
  options: SignOptions = {},
): Uint8Array {
  const {
    nonce = nonceOf(chain, id),
    tip = 0n,
    era,
    genesisHash = chain.genesisHash,
    specVersion = 1,
    metadataMode = 0,
  } = options;
  const extra = new Writer().raw(encodeEra(era)).compact(nonce).compact(tip).u8(metadataMode).finish();
  const born = era?.current ?? 0;
  const birthHash = options.birthHash ?? chain.blockAt(born)!.hash;
  const implied = new Writer().u32(specVersion).u32(1).raw(genesisHash).raw(birthHash);
  const payload = concat(
    call,
    extra,
    metadataMode === 1 ? implied.u8(1).raw(new Uint8Array(32)).finish() : implied.u8(0).finish(),
  );
  const signature = sign(payload.length > 256 ? portableCrypto.blake2b256(payload) : payload);
  const tag = { ed25519: 0, sr25519: 1, ecdsa: 2 }[scheme];
  const body = concat(Uint8Array.of(0x84, 0), id, Uint8Array.of(tag), signature, extra, call);
  return encode(body, (w, bytes) => w.vecU8(bytes));
}

export function nonceOf(chain: Devchain, id: Uint8Array): number {
  const answer = chain.callRuntime(chain.best(), "AccountNonceApi_account_nonce", id);
  return new DataView(answer.buffer, answer.byteOffset).getUint32(0, true);
}

function encodeEra(era: SignOptions["era"]): Uint8Array {
  if (era === undefined) return Uint8Array.of(0);
  const { period, current } = era;
  const phase = Math.floor((current % period) / Math.max(1, period >> 12));
  const bits = Math.log2(period) - 1 + (phase << 4);
  return Uint8Array.of(bits & 0xff, bits >> 8);
}
