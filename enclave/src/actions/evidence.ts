/** `get_evidence`: the hardware's evidence, bound to the worker's keys, its chain and the caller's nonce. */
import { type BindingPurpose, evidenceToJson, lineageJson, reportData } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { SignedQueryKey } from "@pruntime/core/channel";
import { genesisOf, RuntimeError } from "@pruntime/runtime";
import type { Handlers, Serving } from "./action.ts";

/** The chain that a worker follows, and its anchor. */
export interface Anchored {
  readonly genesisHash: Uint8Array;
  readonly anchor: Uint8Array;
}

/** The handler that returns evidence to any caller. */
export const evidenceHandlers: Handlers<"get_evidence"> = {
  get_evidence: (enclave, { nonce, purpose = "worker" }) => {
    const [status, terms] = [enclave.runtime.status(), enclave.runtime.queryTerms()];
    if (status === undefined || terms === undefined)
      throw new RuntimeError({ code: "runtime/not-initialized" });
    if (status.belowMark !== undefined)
      throw new RuntimeError({ code: "runtime/below-mark", ...status.belowMark });
    const { identity, producer } = enclave;
    const anchored = { genesisHash: genesisOf(status.chain), anchor: status.chain.anchor };
    return {
      reportData: workerReportData(enclave, purpose, anchored, nonce),
      answer: (evidence) => ({
        payload: {
          anchor: toHex(anchored.anchor),
          ecdh_public_key: toHex(identity.keyPair.publicKey),
          evidence: evidenceToJson(evidence()),
          genesis_hash: toHex(anchored.genesisHash),
          lineage: lineageJson(identity.lineage),
          nonce: toHex(nonce),
          provider: producer.provider,
          public_key: toHex(identity.signer.publicKey),
          purpose,
          query_key: shownQueryKey(terms.key),
        },
      }),
    };
  },
};

/** A query key as JSON. */
export function shownQueryKey({ publicKey, signature }: SignedQueryKey): {
  readonly public_key: string;
  readonly signature: string;
} {
  return { public_key: toHex(publicKey), signature: toHex(signature) };
}

/**
 * Computes the report data (64 bytes) that binds evidence to the keys of this process, to a chain and to a
 * nonce.
 */
export function workerReportData(
  { crypto, identity }: Serving,
  purpose: BindingPurpose,
  { genesisHash, anchor }: Anchored,
  nonce: Uint8Array,
): Uint8Array {
  return reportData(crypto, {
    purpose,
    publicKey: identity.signer.publicKey,
    ecdhPublicKey: identity.keyPair.publicKey,
    genesisHash,
    anchor,
    nonce,
    lineage: identity.lineage,
  });
}
