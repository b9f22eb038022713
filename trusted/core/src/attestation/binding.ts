/**
 * What evidence is bound to. The 64 bytes of report data are SHA-512 over fields, each behind its length (u32
 * LE): "pruntime/report-data/1" | purpose | identity key(33) | key agreement key(65) | genesis hash(32) |
 * anchor(32) | nonce(32). Hardware vouches only for the hash, so a verifier has to compare all 64 bytes, and
 * no other message may have the same bytes.
 */
import { concat, equal, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { ProtocolError } from "../errors/index.ts";
import { CodecError, encode } from "../scale/index.ts";
import type { Authentic } from "./kinds.ts";

/**
 * What a worker shows evidence for. Evidence for one purpose does not serve another.
 * `worker`: for a client that is about to seal to its key. `registration`: for a chain's registry.
 * `handover-source`, `handover-receiver`: for the worker that takes, or gives, the keys.
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
  /** Hash of everything that the worker trusts from its start, a checkpoint included; 32 bytes. */
  readonly anchor: Uint8Array;
  /**
   * 32 bytes that the verifier chose. A registry cannot choose any, so it takes the hash of a recent block.
   */
  readonly nonce: Uint8Array;
}

const tag = utf8("pruntime/report-data/1");

/**
 * The report data for the hardware to vouch for, 64 bytes.
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

/** Why {@link verifyBinding} rejects evidence. */
export type BindingErrorDetail =
  /** The evidence vouches for other keys, or for another chain, purpose or nonce, than those expected. */
  { readonly code: "binding/wrong-report-data" };

/** Evidence that is bound to something else. */
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
 * The 64 bytes of evidence that the guest chose for this evidence. On Azure the hardware's report data
 * belongs to the paravisor and stays the same while the machine runs, so the guest's own choice is what the
 * vTPM signs.
 */
export function boundData(authentic: Authentic): Uint8Array {
  return authentic.kind === "azure" ? authentic.nonce : authentic.reportData;
}
