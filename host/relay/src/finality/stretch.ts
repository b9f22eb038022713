/**
 * Finds the next stretch of headers that one justification proves. A stretch never extends past the block
 * that ends an authority set. The search first tries to prove a wanted block, with these sources in this
 * order: a justification stored with the last wanted block, `grandpa_proveFinality`, and justifications
 * stored at multiples of the node's period. It then tries to prove a later block, with
 * `grandpa_proveFinality`, stored justifications, and the live subscription.
 */
import { equal } from "@pruntime/core/bytes";
import { decodeJustification } from "@pruntime/core/grandpa";
import { RelayError, refusedForSize } from "../error.ts";
import type { Capabilities } from "../node/capabilities.ts";
import type { NodeFinalityProof, NodeHeader, SubstrateNode } from "../node/node.ts";
import type { ProofSource } from "../watch/stats.ts";
import type { HeaderChain } from "./headers.ts";
import { type StoredProof, storedAt, storedAtPeriod } from "./stored.ts";

/** Consecutive headers, and a justification that finalizes the last of them. */
export interface Stretch {
  readonly headers: readonly NodeHeader[];
  readonly justification: Uint8Array;
  readonly source: ProofSource;
}

/** Consecutive headers whose proof is too far ahead for one call. The relay sends them before the proof. */
export interface Ahead {
  readonly headers: readonly NodeHeader[];
  readonly source: "ahead";
}

/** The sources of a node's finality proofs. */
export interface ProofSources {
  readonly node: SubstrateNode;
  readonly chain: HeaderChain;
  readonly capabilities: Capabilities;
  /** Returns the latest justification that the node has announced; `undefined` before the first. */
  readonly announced: () => Uint8Array | undefined;
}

/** The headers that the worker needs next. */
export interface Wanted {
  readonly from: number;
  /** The hash of the block before `from`, which the worker has finalized or staged. */
  readonly parent: Uint8Array;
  /** The node's finalized head. */
  readonly finalized: number;
  /** The number of headers wanted. The stretch is longer if the node can prove only a longer stretch. */
  readonly count: number;
  /** How many headers ahead the relay looks for a proof. */
  readonly horizon: number;
  /** The maximum number of headers in one stretch. It must not exceed `horizon`. */
  readonly longest: number;
}

/** After an answer that was too large, `grandpa_proveFinality` is not called again for this many blocks. */
const tooLargeFor = 512;

/**
 * Finds a proof and the headers up to the proven block. Returns the wanted headers without a proof if the
 * proof is farther ahead than the longest stretch, for example because finality stalled or because the
 * headers are large.
 * @throws {@link RelayError} `relay/no-proof` or `relay/no-stored-proof` when the node has no proof yet;
 * `relay/broken-chain`
 */
export async function nextStretch(sources: ProofSources, wanted: Wanted): Promise<Stretch | Ahead> {
  const { node, chain, capabilities } = sources;
  const { from, parent, finalized, count } = wanted;
  chain.forget(from);
  await chain.lookBack(from, capabilities.lookBack, parent);
  const headers = await chain.read(from, Math.min(finalized, from + count - 1), parent);
  const to = from + headers.length - 1;

  const last = await storedAt(node, capabilities, to);
  if (last !== undefined) return { headers, justification: last.justification, source: "stored" };
  const proof = await proveFinality(sources, wanted);
  if (proof !== undefined && proof.targetNumber <= to) {
    const stretch = within(headers, from, proof);
    if (stretch !== undefined) return { ...stretch, source: "prove-finality" };
  }
  const near = await storedAtPeriod(node, capabilities, from, to, to);
  if (near !== undefined)
    return { headers: headers.slice(0, near.number - from + 1), ...near, source: "period" };
  const far =
    (await byFarProof(sources, wanted, headers, proof)) ??
    (await byFarStored(sources, wanted, headers)) ??
    (await byAnnounced(sources, wanted, headers));
  if (far !== undefined && far !== "ahead") return far;
  const isAhead = far === "ahead" || finalized - from >= wanted.horizon;
  if (isAhead && chain.setEnd(from) !== to) return { headers, source: "ahead" };
  throw new RelayError({ code: capabilities.provesNone ? "relay/no-stored-proof" : "relay/no-proof", from });
}

/** A stretch; `ahead` if the proof is beyond the longest stretch; `undefined` if there is no proof. */
type Far = Stretch | "ahead" | undefined;

interface Proof extends NodeFinalityProof {
  readonly targetNumber: number;
}

/**
 * Requests a proof with `grandpa_proveFinality`. Returns `undefined` if the node gives no proof, or if the
 * proof does not help: a node answers with its latest justification even if that justification is older than
 * the requested block.
 */
async function proveFinality(
  { node, capabilities }: ProofSources,
  { from, longest }: Wanted,
): Promise<Proof | undefined> {
  if (!capabilities.proves(from)) return undefined;
  try {
    const proof = await node.proveFinality(from);
    const targetNumber = proof === undefined ? -1 : decodeJustification(proof.justification).targetNumber;
    if (proof === undefined || targetNumber < from) return undefined;
    if (targetNumber - from >= longest) capabilities.provesNothingBefore(targetNumber - longest + 1);
    return { ...proof, targetNumber };
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    const { detail } = error;
    if (refusedForSize(error)) capabilities.provesNothingBefore(from + tooLargeFor);
    else if (detail.code === "relay/method-not-found")
      capabilities.provesNothingBefore(Number.POSITIVE_INFINITY);
    else if (detail.code !== "relay/node-refused") throw error;
    return undefined;
  }
}

function within(
  headers: readonly NodeHeader[],
  from: number,
  { target, targetNumber, justification }: Proof,
): Omit<Stretch, "source"> | undefined {
  const last = headers[targetNumber - from];
  return last !== undefined && equal(last.hash, target)
    ? { headers: headers.slice(0, targetNumber - from + 1), justification }
    : undefined;
}

/**
 * Uses a proof of a block after the wanted headers, and reads the headers in between from the same answer.
 */
async function byFarProof(
  { chain }: ProofSources,
  { from, parent, longest }: Wanted,
  known: readonly NodeHeader[],
  proof: Proof | undefined,
): Promise<Far> {
  const first = known[0];
  if (proof === undefined || first === undefined || proof.targetNumber < from + known.length)
    return undefined;
  if (proof.targetNumber - from >= longest) return "ahead";
  const headers = [first, ...proof.headers];
  if (
    headers.length !== proof.targetNumber - from + 1 ||
    (chain.setEnd(from) ?? proof.targetNumber) < proof.targetNumber
  )
    return undefined;
  const last = chain.accept(headers, from, parent);
  const spans = (chain.setEnd(from) ?? proof.targetNumber) < proof.targetNumber;
  return spans || !equal(last, proof.target)
    ? undefined
    : { headers, justification: proof.justification, source: "prove-finality" };
}

/**
 * Uses a justification stored after the wanted headers: at a multiple of the period, or else at the end of
 * the search. The search ends at the finalized head, at the end of the authority set, or after
 * `wanted.horizon` headers, whichever comes first.
 */
async function byFarStored(
  sources: ProofSources,
  wanted: Wanted,
  known: readonly NodeHeader[],
): Promise<Far> {
  const { node, chain, capabilities } = sources;
  const { from, finalized } = wanted;
  const to = from + known.length - 1;
  const horizon = Math.min(
    finalized,
    from + wanted.horizon - 1,
    chain.setEnd(from) ?? Number.POSITIVE_INFINITY,
  );
  if (horizon <= to) return undefined;
  const found =
    (await storedAtPeriod(node, capabilities, to + 1, to, horizon)) ??
    (await storedAt(node, capabilities, horizon));
  return found === undefined
    ? bySetEnd(sources, wanted, known, horizon)
    : upTo(sources, wanted, known, found, "period");
}

/**
 * Reads headers up to the end of the authority set, because the node always stores a justification with the
 * block that ends a set.
 */
async function bySetEnd(
  { node, chain, capabilities }: ProofSources,
  { from, parent, longest }: Wanted,
  known: readonly NodeHeader[],
  horizon: number,
): Promise<Far> {
  const to = from + known.length - 1;
  const more = await chain.read(to + 1, horizon, known.at(-1)?.hash ?? parent);
  const end = chain.setEnd(from);
  if (end === undefined || more.at(-1)?.number !== end) return undefined;
  if (end - from >= longest) return "ahead";
  const stored = await storedAt(node, capabilities, end);
  return stored && { headers: [...known, ...more], justification: stored.justification, source: "stored" };
}

async function byAnnounced(
  sources: ProofSources,
  wanted: Wanted,
  known: readonly NodeHeader[],
): Promise<Far> {
  const justification = sources.announced();
  if (justification === undefined) return undefined;
  const { targetNumber, targetHash } = decodeJustification(justification);
  if (targetNumber < wanted.from) return undefined;
  const stretch = await upTo(sources, wanted, known, { number: targetNumber, justification }, "announced");
  if (stretch === "ahead") return stretch;
  const last = stretch?.headers.at(-1);
  const other = stretch?.source === "announced" && !(last !== undefined && equal(last.hash, targetHash));
  return other ? undefined : stretch;
}

/**
 * Returns the headers up to the proven block or up to the end of the authority set, whichever comes first. A
 * node always stores a justification with the last block of a set.
 */
async function upTo(
  { node, chain, capabilities }: ProofSources,
  { from, parent, longest }: Wanted,
  known: readonly NodeHeader[],
  { number, justification }: StoredProof,
  source: ProofSource,
): Promise<Far> {
  const to = from + known.length - 1;
  if (number > to && number - from >= longest) return "ahead";
  if (number <= to) return { headers: known.slice(0, number - from + 1), justification, source };
  const more = await chain.read(to + 1, number, known.at(-1)?.hash ?? parent);
  const headers = [...known, ...more].filter((header) => header.number <= (chain.setEnd(from) ?? number));
  const end = headers.at(-1)?.number ?? 0;
  if (end === number) return { headers, justification, source };
  const stored = await storedAt(node, capabilities, end);
  return stored && { headers, justification: stored.justification, source: "stored" };
}
