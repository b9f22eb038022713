/**
 * The five steps by which a running worker gives its keys to a new one: `handover_begin`, `handover_accept`
 * and `handover_complete` on the receiver, `handover_offer` and `handover_release` on the source. The
 * operator, who passes the messages on, can neither read the keys nor redirect them to another worker.
 */
import type { handoverComplete, InputOf } from "@pruntime/api";
import { evidenceToJson, type Lineage, lineageJson } from "@pruntime/core/attestation";
import { toBase64, toHex } from "@pruntime/core/bytes";
import type { JsonObject } from "@pruntime/core/json";
import { rulesNumber } from "@pruntime/core/version";
import type { Work } from "@pruntime/core/work";
import type { Judged } from "@pruntime/runtime";
import { EnclaveError } from "../error.ts";
import { askWork, type EvidenceWanted, type Handlers, type Serving } from "./action.ts";
import { atField, atItemOf, base64Of, base64OfAll } from "./base64.ts";

/** The handlers of the five steps. */
export const handoverHandlers: Handlers<
  "handover_begin" | "handover_offer" | "handover_accept" | "handover_release" | "handover_complete"
> = {
  *handover_begin(enclave) {
    requireLasting(enclave);
    const { challenge } = yield* askWork(enclave, { kind: "handover-begin" });
    return { payload: { challenge: toHex(challenge) } };
  },

  *handover_offer(enclave, { challenge }) {
    const { nonce, reportData } = yield* askWork(enclave, { kind: "handover-offer", challenge });
    const { identity, runtime } = enclave;
    const drawn = { challenge: toHex(challenge), nonce: toHex(nonce) };
    return showing(enclave, identity.keyPair.publicKey, runtime.lineage, reportData, drawn);
  },

  *handover_accept(enclave, { nonce }) {
    const { ecdhPublicKey, reportData } = yield* askWork(enclave, { kind: "handover-accept", nonce });
    return showing(enclave, ecdhPublicKey, [], reportData, { nonce: toHex(nonce) });
  },

  *handover_release(enclave, { challenge, nonce, ...judged }) {
    const nonces = { challenge, nonce };
    const event = { kind: "handover-release", nonces, ...(yield* judgedBy(judged)) } as const;
    const { sealed } = yield* askWork(enclave, event);
    return { payload: { sealed_b64: toBase64(sealed) } };
  },

  /**
   * Stores the received keys and ends the process. The next process starts with these keys on the same chain.
   * As after any start, it rebuilds its state from the chain, now under the received state key.
   */
  *handover_complete(enclave, { sealed_b64: sealed, ...judged }) {
    const { ecdhPublicKey } = yield* askWork(enclave, {
      kind: "handover-complete",
      sealed,
      ...(yield* judgedBy(judged)),
    });
    enclave.life.ended = true;
    return { payload: { ecdh_public_key: toHex(ecdhPublicKey) } };
  },
};

/**
 * Refuses to begin a handover on a worker whose sealing key does not last. Such a worker would lose the
 * received keys at its next start.
 */
function requireLasting({ sealer }: Serving): void {
  if (!sealer.lasting) throw new EnclaveError({ code: "enclave/no-lasting-key" });
}

function* judgedBy({ block, other, own_evidence_hash, policy, consent }: JudgedJson): Work<Judged> {
  const { public_key: publicKey, ecdh_public_key: ecdhPublicKey, evidence, lineage, rules } = other;
  return {
    other: { publicKey, ecdhPublicKey, evidence, lineage, rules },
    ownEvidence: own_evidence_hash,
    policy,
    consent,
    block: {
      header: yield* base64Of(block.header_b64, atField("block/header_b64")),
      extrinsic: block.extrinsic,
      extrinsicProof: yield* base64OfAll(block.extrinsic_proof_b64, atItemOf("block/extrinsic_proof_b64")),
      stateProof: yield* base64OfAll(block.state_proof_b64, atItemOf("block/state_proof_b64")),
    },
  };
}

type JudgedJson = Omit<InputOf<typeof handoverComplete>, "sealed_b64">;

/**
 * Returns a reply that contains this worker's evidence, the keys and the lineage that the evidence vouches
 * for, and the fields of `more`.
 */
function showing<M extends Readonly<Record<string, string>>>(
  { identity }: Serving,
  ecdhPublicKey: Uint8Array,
  lineage: Lineage,
  reportData: Uint8Array,
  more: M,
): EvidenceWanted<
  M & {
    readonly ecdh_public_key: string;
    readonly evidence: JsonObject;
    readonly lineage: readonly JsonObject[];
    readonly public_key: string;
    readonly rules: number;
  }
> {
  return {
    reportData,
    answer: (evidence) => ({
      payload: {
        ...more,
        ecdh_public_key: toHex(ecdhPublicKey),
        evidence: evidenceToJson(evidence()),
        lineage: lineageJson(lineage),
        public_key: toHex(identity.signer.publicKey),
        rules: rulesNumber,
      },
    }),
  };
}
