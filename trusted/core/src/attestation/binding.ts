/**
 * What evidence is bound to: the 64 bytes of report data are SHA-512 over fields, each behind its length (u32
 * LE): "pruntime/report-data/1" | purpose | identity key(33) | key agreement key(65) | genesis hash(32) |
 * anchor(32) | nonce(32). Hardware vouches for the hash alone, so that what it means depends on all of it
 * being compared, and on no other message having the same bytes.
 */
import { concat, equal, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { ProtocolError } from "../errors/index.ts";
import { CodecError, encode } from "../scale/index.ts";
import type { Authentic } from "./kinds.ts";

/**
 * What a worker shows evidence for. Evidence for one purpose is of no use for another.
 * `worker`: to a client that is about to seal to its key. `registration`: to a chain's registry.
 * `handover-source`, `handover-receiver`: to the worker that takes, or gives, the keys.
 */
export type BindingPurpose = "worker" | "registration" | "handover-source" | "handover-receiver";

/** All that a worker's evidence vouches for. */
export interface Binding {
  readonly purpose: BindingPurpose;
  /** Identity key: compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Key agreement key: uncompressed P-256, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  /** 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** Names all the worker was told to trust at its start, a checkpoint included; 32 bytes. */
  readonly anchor: Uint8Array;
  /** 32 bytes that its verifier chose; for a registry, which can choose none, the hash of a recent block. */
  readonly nonce: Uint8Array;
}

const tag = utf8("pruntime/report-data/1");

/**
 * The 64 bytes to ask the hardware's evidence for.
 * @throws CodecError `codec/out-of-range` for a field of another length
 */
export function reportData(crypto: Pick<Crypto, "sha512">, binding: Binding): Uint8Array {
  const fields = [
    tag,
    utf8(binding.purpose),
    sized(binding.publicKey, 33),
    sized(binding.ecdhPublicKey, 65),
    sized(binding.genesisHash, 32),
    sized(binding.anchor, 32),
    sized(binding.nonce, 32),
  ];
  return crypto.sha512(
    concat(...fields.map((field) => encode(field, (w, bytes) => w.u32(bytes.length).raw(bytes)))),
  );
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new CodecError({ code: "codec/out-of-range", type: `[u8; ${length}]` });
  return bytes;
}

export type BindingErrorDetail =
  /**
   * The evidence vouches for other keys, another chain, another purpose or another nonce than those expected.
   */
  { readonly code: "binding/wrong-report-data" };

/** Evidence that is about something else. */
export class BindingError extends ProtocolError<BindingErrorDetail> {}

/**
 * Checks that authentic evidence vouches for exactly what is expected.
 * @throws {@link BindingError}; CodecError
 */
export function verifyBinding(crypto: Pick<Crypto, "sha512">, expected: Binding, authentic: Authentic): void {
  if (!equal(boundData(authentic), reportData(crypto, expected)))
    throw new BindingError({ code: "binding/wrong-report-data" });
}

/**
 * The 64 bytes of evidence that its guest chose afresh. On Azure the hardware's report data is the
 * paravisor's, the same all the while a machine runs; what the guest can choose is signed by the vTPM.
 */
export function boundData(authentic: Authentic): Uint8Array {
  return authentic.kind === "azure" ? authentic.nonce : authentic.reportData;
}
