/** Passes the messages of a handover between two enclaves on one chain, as an operator does. */
import {
  evidenceHash,
  type HandoverSide,
  handoverCommitment,
  readEndorsedEvidence,
} from "@pruntime/core/attestation";
import { fromHex, toBase64, toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import type { Json } from "@pruntime/core/json";
import { expect } from "vitest";
import type { BlockContent, TinyChain } from "../../../trusted/runtime/test/support/tiny-chain.ts";
import { headersInput } from "./chain.ts";
import type { Called, Started } from "./enclave.ts";

/** The replies to the steps of a handover. */
export interface Replies {
  readonly begin: Called;
  readonly offer: Called;
  readonly accept: Called;
  readonly release: Called;
  readonly complete: Called;
}

/** The inputs of the last two steps, and the replies to the steps before. */
export interface Prepared extends Pick<Replies, "begin" | "offer" | "accept"> {
  readonly releaseInput: object;
  readonly completeInput: object;
}

/**
 * Runs the first three steps, and puts the commitment into the next block.
 * @param sync tells both workers the blocks up to that one; by default, they know all blocks before it
 */
export function prepareHandover(
  source: Started,
  receiver: Started,
  chain: TinyChain,
  content: BlockContent,
  sync: (worker: Started, number: number) => void = (worker, number) =>
    payloadOf(worker.call("sync_header", headersInput(chain, number, number))),
): Prepared {
  const begin = receiver.call("handover_begin");
  const { challenge } = payloadOf(begin);
  const offer = source.call("handover_offer", { challenge });
  const { nonce } = payloadOf(offer);
  const accept = receiver.call("handover_accept", { nonce });
  const [giver, taker] = [peerOf(payloadOf(offer)), peerOf(payloadOf(accept))];
  const nonces = { challenge: fromHex(challenge), nonce: fromHex(nonce) };
  const [giverSide, takerSide] = [sideOf(giver), sideOf(taker)];
  const commitment = handoverCommitment(portableCrypto, nonces, giverSide, takerSide);
  const { number } = chain.grow({ ...content, extrinsics: [commitment] });
  for (const worker of [source, receiver]) sync(worker, number);
  const block = blockInput(chain, number);
  const releaseInput = {
    challenge,
    nonce,
    block,
    other: taker,
    own_evidence_hash: toHex(giverSide.evidenceHash),
  };
  const completeInput = { block, other: giver, own_evidence_hash: toHex(takerSide.evidenceHash) };
  return { begin, offer, accept, releaseInput, completeInput };
}

/** The JSON of a block by which a worker is to judge the other one. */
export function blockInput(chain: TinyChain, number: number): object {
  const { header, extrinsic, extrinsicProof, stateProof } = chain.committed(number);
  return {
    header_b64: toBase64(header),
    extrinsic,
    extrinsic_proof_b64: extrinsicProof.map(toBase64),
    state_proof_b64: stateProof.map(toBase64),
  };
}

/** Runs all steps. @param content the next block's, which will also contain the commitment */
export function handOver(
  source: Started,
  receiver: Started,
  chain: TinyChain,
  content: BlockContent,
): Replies {
  const { releaseInput, completeInput, ...first } = prepareHandover(source, receiver, chain, content);
  const release = source.call("handover_release", releaseInput);
  const complete = receiver.call("handover_complete", { ...completeInput, ...payloadOf(release) });
  return { ...first, release, complete };
}

// biome-ignore lint/suspicious/noExplicitAny: each caller knows the payload that it expects
function payloadOf({ outcome, text, payload }: Called): any {
  expect(outcome, text).toBe("ok");
  return payload;
}

interface More {
  readonly lineage: Json;
  readonly rules: number;
}

type Peer = Record<"public_key" | "ecdh_public_key", string> & { readonly evidence: Json };

/** Turns one worker's reply into input for the other worker. */
function peerOf({ public_key, ecdh_public_key, evidence, lineage, rules }: Peer & More) {
  return { public_key, ecdh_public_key, evidence, lineage, rules };
}

function sideOf({ public_key, ecdh_public_key, evidence }: Peer): HandoverSide {
  return {
    publicKey: fromHex(public_key),
    ecdhPublicKey: fromHex(ecdh_public_key),
    evidenceHash: evidenceHash(portableCrypto, readEndorsedEvidence(evidence, "")),
  };
}
