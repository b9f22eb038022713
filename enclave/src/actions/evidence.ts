/** `get_evidence`: what the hardware says of this worker, bound to its keys, its chain and the caller's nonce. */
import { type BindingPurpose, evidenceToJson, reportData } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import { type Json, JsonError, jsonHex, jsonObject, jsonOptional, jsonString } from "@pruntime/core/json";
import { genesisOf, RuntimeError } from "@pruntime/runtime";
import type { Enclave, QuoteWanted } from "./action.ts";

const input = jsonObject({ nonce: jsonHex(32), purpose: jsonOptional(jsonString(32)) }, "ignored");

/** What anybody may ask evidence for. Workers that hand over their keys ask for their own. */
const purposes = ["worker", "registration"] as const satisfies readonly BindingPurpose[];

/** Which chain a worker follows, and from where. */
export interface Anchored {
  readonly genesisHash: Uint8Array;
  readonly anchor: Uint8Array;
}

export function getEvidence(enclave: Enclave, json: Json): QuoteWanted {
  const { nonce, purpose: wanted = "worker" } = input(json, "/input");
  const purpose = purposes.find((one) => one === wanted);
  if (purpose === undefined) throw new JsonError({ code: "json/unknown-variant", at: "/input/purpose" });
  const status = enclave.runtime.status();
  if (status === undefined) throw new RuntimeError({ code: "runtime/not-initialized" });
  const { identity, producer } = enclave;
  const anchored = { genesisHash: genesisOf(status.chain), anchor: status.chain.anchor };
  return {
    reportData: workerReportData(enclave, purpose, anchored, nonce),
    answer: (quote) => ({
      payload: {
        anchor: toHex(anchored.anchor),
        ecdh_public_key: toHex(identity.keyPair.publicKey),
        evidence: evidenceToJson(quote()),
        genesis_hash: toHex(anchored.genesisHash),
        nonce: toHex(nonce),
        provider: producer.provider,
        public_key: toHex(identity.signer.publicKey),
        purpose,
      },
    }),
  };
}

/** What evidence of this worker on that chain carries: computed here, from what this process itself holds. */
export function workerReportData(
  { crypto, identity }: Enclave,
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
  });
}
