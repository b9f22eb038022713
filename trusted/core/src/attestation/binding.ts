/**
 * The binding of evidence to a worker's keys, chain and purpose. The 64 bytes of report data are the SHA-512
 * of these fields, each prefixed with its length (u32 LE): "pruntime/report-data/2" | purpose | identity
 * key(33) | key agreement key(65) | genesis hash(32) | anchor(32) | nonce(32) | lineage, in canonical JSON |
 * operator(32, or nothing). Hardware vouches only for the hash, so a verifier must compare all 64 bytes, and
 * no two bindings may have the same encoding.
 */
import { concat, equal, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { ProtocolError } from "../errors/index.ts";
import { CodecError, encode } from "../scale/index.ts";
import type { Authentic } from "./kinds.ts";
import { encodeLineage, type Lineage } from "./lineage.ts";

/**
 * The purpose of evidence. Evidence is not valid for any purpose except its own. `worker`: for a client that
 * is about to seal to the worker's key. `registration`: for a chain's registry. `handover-source`: the worker
 * that gives its keys sends this evidence to the receiver. `handover-receiver`: the worker that receives the
 * keys sends this evidence to the source.
 */
export type BindingPurpose = "worker" | "registration" | "handover-source" | "handover-receiver";

/** The keys, chain, purpose and nonce to which a worker's evidence is bound. */
export interface Binding {
  readonly purpose: BindingPurpose;
  /** Identity key: compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Key agreement key: uncompressed P-256, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  /** 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** Hash of everything that the worker trusts from its start, including any checkpoint; 32 bytes. */
  readonly anchor: Uint8Array;
  /**
   * 32 bytes that the verifier chose. A registry cannot choose a nonce, so it uses the hash of a recent
   * block.
   */
  readonly nonce: Uint8Array;
  /** The other code that has held the key agreement key. Default: none. */
  readonly lineage?: Lineage;
  /** The operator's account, 32 bytes. Default: none. */
  readonly operator?: Uint8Array | undefined;
}

const tag = utf8("pruntime/report-data/2");

/**
 * Computes the 64 bytes of report data for a binding.
 * @throws CodecError `codec/out-of-range` for a field of the wrong length
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
    encodeLineage(binding.lineage ?? []),
    binding.operator === undefined ? new Uint8Array() : sized(binding.operator, 32),
  ];
  return crypto.sha512(
    concat(...fields.map((field) => encode(field, (w, bytes) => w.u32(bytes.length).raw(bytes)))),
  );
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new CodecError({ code: "codec/out-of-range", type: `[u8; ${length}]` });
  return bytes;
}

/** The reasons why {@link verifyBinding} rejects evidence. */
export type BindingErrorDetail =
  /**
   * The evidence is bound to unexpected keys, or to an unexpected chain, anchor, purpose, nonce, lineage or
   * operator.
   */
  { readonly code: "binding/wrong-report-data" };

/** Thrown for evidence with an unexpected binding. */
export class BindingError extends ProtocolError<BindingErrorDetail> {}

/**
 * Checks that authentic evidence vouches for exactly the expected binding.
 * @throws {@link BindingError}, CodecError
 */
export function verifyBinding(crypto: Pick<Crypto, "sha512">, expected: Binding, authentic: Authentic): void {
  if (!equal(boundData(authentic), reportData(crypto, expected)))
    throw new BindingError({ code: "binding/wrong-report-data" });
}

/**
 * Returns the bytes that the worker's guest or enclave chose, which {@link verifyBinding} compares. They are
 * the hardware's report data, except on Azure. There, the paravisor chooses the report data, so the guest's
 * bytes are the nonce that the vTPM signs.
 */
export function boundData(authentic: Authentic): Uint8Array {
  return authentic.kind === "azure" ? authentic.nonce : authentic.reportData;
}
