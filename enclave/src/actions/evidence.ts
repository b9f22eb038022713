/** The hardware's evidence, bound to the worker's keys, chain and operator, and to the caller's nonce. */
import {
  type BindingPurpose,
  evidenceToJson,
  type Lineage,
  lineageJson,
  reportData,
} from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { SignedQueryKey } from "@pruntime/core/channel";
import { genesisOf, type QueryTerms, RuntimeError } from "@pruntime/runtime";
import { EnclaveError } from "../error.ts";
import { askWork, type Handlers, type Serving } from "./action.ts";

/** The chain that a worker follows, and its anchor. */
export interface Anchored {
  readonly genesisHash: Uint8Array;
  readonly anchor: Uint8Array;
}

/** The handlers that return evidence, and the one that names the operator in it. */
export const evidenceHandlers: Handlers<"get_evidence" | "registration_evidence" | "set_operator"> = {
  get_evidence: (enclave, { nonce }) => {
    const { identity, producer } = enclave;
    const { anchored, terms, lineage, operator } = presenting(enclave);
    return {
      reportData: workerReportData(enclave, "worker", anchored, nonce),
      answer: (evidence) => ({
        payload: {
          anchor: toHex(anchored.anchor),
          ecdh_public_key: toHex(identity.keyPair.publicKey),
          evidence: evidenceToJson(evidence()),
          genesis_hash: toHex(anchored.genesisHash),
          lineage: lineageJson(lineage),
          nonce: toHex(nonce),
          operator: operator === undefined ? null : toHex(operator),
          provider: producer.provider,
          public_key: toHex(identity.signer.publicKey),
          query_key: shownQueryKey(terms.key),
        },
      }),
    };
  },

  registration_evidence: (enclave, { nonce }) => {
    const { identity } = enclave;
    const { anchored, lineage, operator } = presenting(enclave);
    if (operator === undefined) throw new EnclaveError({ code: "enclave/no-operator" });
    return {
      reportData: workerReportData(enclave, "registration", anchored, nonce),
      answer: (evidence) => ({
        payload: {
          anchor: toHex(anchored.anchor),
          ecdh_public_key: toHex(identity.keyPair.publicKey),
          evidence: evidenceToJson(evidence()),
          lineage: lineageJson(lineage),
          operator: toHex(operator),
          public_key: toHex(identity.signer.publicKey),
        },
      }),
    };
  },

  *set_operator(enclave, { operator }) {
    yield* askWork(enclave, { kind: "set-operator", operator });
    return { payload: { operator: toHex(operator) } };
  },
};

/** What the evidence of a worker that may present it is bound to, besides its keys. @throws RuntimeError */
function presenting({ runtime }: Serving): {
  readonly anchored: Anchored;
  readonly terms: QueryTerms;
  readonly lineage: Lineage;
  readonly operator: Uint8Array | undefined;
} {
  const [status, terms] = [runtime.status(), runtime.queryTerms()];
  if (status === undefined || terms === undefined)
    throw new RuntimeError({ code: "runtime/not-initialized" });
  if (status.belowMark !== undefined)
    throw new RuntimeError({ code: "runtime/below-mark", ...status.belowMark });
  const anchored = { genesisHash: genesisOf(status.chain), anchor: status.chain.anchor };
  return { anchored, terms, lineage: runtime.lineage, operator: runtime.operator };
}

/** A query key as JSON. */
export function shownQueryKey({ publicKey, signature }: SignedQueryKey): {
  readonly public_key: string;
  readonly signature: string;
} {
  return { public_key: toHex(publicKey), signature: toHex(signature) };
}

/**
 * Computes the report data (64 bytes) that binds evidence to the keys of this process and their lineage, to a
 * chain, to a nonce and to the operator's account.
 */
export function workerReportData(
  { crypto, identity, runtime }: Serving,
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
    lineage: runtime.lineage,
    operator: runtime.operator,
  });
}
