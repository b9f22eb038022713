/**
 * The five steps in which a running worker's keys go to a new one: `handover_begin` and `handover_accept` to the receiver, `handover_offer` and `handover_release` to
 * the source, `handover_complete` to the receiver again. Whoever carries the messages learns nothing and changes nothing.
 */
import { evidenceToJson, readEndorsedEvidence } from "@pruntime/core/attestation";
import { toBase64, toHex } from "@pruntime/core/bytes";
import { type Json, jsonArray, jsonBase64, jsonHex, jsonObject } from "@pruntime/core/json";
import type { Shown } from "@pruntime/runtime";
import { EnclaveError } from "../error.ts";
import { identityOf, keepIdentity } from "../identity.ts";
import { type Answer, ask, type Enclave, type QuoteWanted } from "./action.ts";

const maxProofNodes = 4_096;

const peer = jsonObject({
  ecdh_public_key: jsonHex(65),
  evidence: readEndorsedEvidence,
  policy_proof_b64: jsonArray(jsonBase64(), maxProofNodes),
  public_key: jsonHex(33),
});
const offered = jsonObject({ challenge: jsonHex(32) }, "ignored");
const accepted = jsonObject({ nonce: jsonHex(32), source: peer }, "ignored");
const released = jsonObject({ challenge: jsonHex(32), nonce: jsonHex(32), receiver: peer }, "ignored");
const completed = jsonObject({ sealed_b64: jsonBase64(1_024) }, "ignored");

/** Keys that do not outlast the process cannot be handed on, nor kept. */
function requireLasting({ sealer }: Enclave): void {
  if (!sealer.lasting) throw new EnclaveError({ code: "enclave/no-lasting-key" });
}

export function handoverBegin(enclave: Enclave): Answer {
  requireLasting(enclave);
  const { challenge } = ask(enclave, { kind: "handover-begin" });
  return { payload: { challenge: toHex(challenge) } };
}

export function handoverOffer(enclave: Enclave, json: Json): QuoteWanted {
  const { challenge } = offered(json, "/input");
  const { nonce, reportData } = ask(enclave, { kind: "handover-offer", challenge });
  return showing(enclave, reportData, { challenge: toHex(challenge), nonce: toHex(nonce) });
}

export function handoverAccept(enclave: Enclave, json: Json): QuoteWanted {
  const { nonce, source } = accepted(json, "/input");
  const { reportData } = ask(enclave, { kind: "handover-accept", nonce, source: shownBy(source) });
  return showing(enclave, reportData, { nonce: toHex(nonce) });
}

export function handoverRelease(enclave: Enclave, json: Json): Answer {
  const { challenge, nonce, receiver } = released(json, "/input");
  const { sealed } = ask(enclave, {
    kind: "handover-release",
    nonces: { challenge, nonce },
    receiver: shownBy(receiver),
  });
  return { payload: { sealed_b64: toBase64(sealed) } };
}

/** The process ends, and begins anew with the keys, on the same chain: its state under the other state key comes of the chain, as after any start. */
export function handoverComplete(enclave: Enclave, json: Json): Answer {
  const { sealed_b64 } = completed(json, "/input");
  const { crypto, sealer, runtime, life } = enclave;
  const secrets = { ...enclave.secrets, ...ask(enclave, { kind: "handover-complete", sealed: sealed_b64 }) };
  const { keyPair } = identityOf(crypto, secrets);
  life.ended = true;
  return {
    payload: { ecdh_public_key: toHex(keyPair.publicKey) },
    puts: keepIdentity(sealer, secrets, runtime),
  };
}

function shownBy({
  public_key,
  ecdh_public_key,
  evidence,
  policy_proof_b64,
}: ReturnType<typeof peer>): Shown {
  return { publicKey: public_key, ecdhPublicKey: ecdh_public_key, evidence, policyProof: policy_proof_b64 };
}

function showing(
  { identity }: Enclave,
  reportData: Uint8Array,
  more: Readonly<Record<string, string>>,
): QuoteWanted {
  const { signer, keyPair } = identity;
  return {
    reportData,
    answer: (quote) => ({
      payload: {
        ...more,
        ecdh_public_key: toHex(keyPair.publicKey),
        evidence: evidenceToJson(quote()),
        public_key: toHex(signer.publicKey),
      },
    }),
  };
}
