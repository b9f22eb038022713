/**
 * Tries the authorities of a checkpoint before the checkpoint is written. A worker that begins at a wrong
 * checkpoint stops for good. The set id in a node's storage is not always the set id that voters sign. The
 * two differ while a delayed change is pending, and on some chains they always differ.
 * @see https://github.com/paritytech/polkadot-sdk/issues/7363
 */
import { equal, from0x } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import {
  type AuthoritySet,
  decodeJustification,
  FinalityError,
  type Justification,
  verifyJustification,
} from "@pruntime/core/grandpa";
import { type Checkpoint, provenAuthorities, sameAuthorities } from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey, grandpaPendingChangeKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { RelayError, refusedForSize } from "../error.ts";
import type { NodeHeader, SubstrateNode } from "../node/node.ts";
import { pause } from "../session/pause.ts";

/** How a checkpoint is tried. */
export interface Trial {
  /** The set ids under which signatures are tried, in this order. Default: the set's own id. */
  readonly setIds?: readonly bigint[];
  /** How long to wait for a justification that the node announces, in milliseconds. Default: 15 000. */
  readonly patienceMs?: number;
}

/**
 * Checks that the state after a block has these authorities and no pending change, and that the authorities
 * signed a justification.
 * @returns the set, with the id under which its authorities signed
 * @throws {@link RelayError} `relay/change-pending`, `relay/checkpoint-mismatch`,
 * `relay/checkpoint-unsigned`, `relay/checkpoint-untried`, `relay/state-discarded`; TrieError, CodecError
 */
export async function tryAuthorities(
  node: SubstrateNode,
  header: NodeHeader,
  set: AuthoritySet,
  { setIds = [set.setId], patienceMs = 15_000 }: Trial = {},
): Promise<AuthoritySet> {
  await tryState(node, header, { ...set, pending: false });
  return trySignatures(node, header.number, set, { setIds, patienceMs });
}

/**
 * Checks a checkpoint that no node made, such as the one in a chain specification. Its block must be final on
 * the node's chain, and its authorities must have signed the block or a later one under its set id. If a node
 * still has the block's state, the state must have these authorities too.
 * @throws {@link RelayError} `relay/node-behind`, `relay/checkpoint-off-chain`, `relay/checkpoint-unsigned`,
 * `relay/checkpoint-untried`, `relay/change-pending`, `relay/checkpoint-mismatch`; TrieError, CodecError
 */
export async function tryCheckpoint(
  node: SubstrateNode,
  { genesisHash, encodedHeader, authorities, pending }: Checkpoint,
): Promise<void> {
  const { number } = decodeHeader(encodedHeader);
  const finalized = await node.finalizedNumber();
  if (!equal(await node.genesisHash(), genesisHash))
    throw new RelayError({ code: "relay/checkpoint-off-chain", number });
  if (number > finalized)
    throw new RelayError({ code: "relay/node-behind", node: finalized, worker: number });
  const header = await node.headerAt(number);
  if (!equal(header.encoded, encodedHeader))
    throw new RelayError({ code: "relay/checkpoint-off-chain", number });
  // An announced justification would be of the latest block, which later authorities may have signed.
  await trySignatures(node, number, authorities, { setIds: [authorities.setId], patienceMs: 0 });
  try {
    await tryState(node, header, { ...authorities, pending: pending.length > 0 });
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== "relay/state-discarded") throw error;
  }
}

async function trySignatures(
  node: SubstrateNode,
  number: number,
  set: AuthoritySet,
  { setIds, patienceMs }: Required<Trial>,
): Promise<AuthoritySet> {
  let isTried = false;
  for await (const justification of justificationsNear(node, number, patienceMs)) {
    const setId = setIds.find((id) => isSignedBy(node, { ...set, setId: id }, justification));
    if (setId !== undefined) return { ...set, setId };
    isTried ||= justification.targetNumber > number; // another set may have signed an earlier block
  }
  throw new RelayError(
    isTried
      ? { code: "relay/checkpoint-unsigned", number, setId: set.setId }
      : { code: "relay/checkpoint-untried", number },
  );
}

/** Checks the authorities in a block's state, and whether a change of authorities is pending there. */
async function tryState(
  node: SubstrateNode,
  { number, hash, encoded }: NodeHeader,
  { authorities, pending }: AuthoritySet & { readonly pending: boolean },
): Promise<void> {
  const { crypto } = node;
  const pendingKey = grandpaPendingChangeKey(crypto);
  const keys = [grandpaAuthoritiesKey(crypto), wellKnownKeys.grandpaAuthorities, pendingKey];
  const proof = await node.readProof(keys, hash);
  const state = openStateProof(crypto.blake2b256, decodeHeader(encoded).stateRoot, proof);
  const isPending = state.has(pendingKey);
  if (isPending && !pending) throw new RelayError({ code: "relay/change-pending", number });
  if (isPending !== pending || !sameAuthorities(provenAuthorities(crypto, state, number), authorities))
    throw new RelayError({ code: "relay/checkpoint-mismatch", number });
}

function isSignedBy({ crypto }: SubstrateNode, set: AuthoritySet, justification: Justification): boolean {
  const { targetHash: hash, targetNumber: number } = justification;
  try {
    verifyJustification(crypto, set, { hash, number }, justification);
    return true;
  } catch (error) {
    if (error instanceof FinalityError) return false;
    throw error;
  }
}

/** Yields the node's justifications for the next block and for this block, then its next announcement. */
async function* justificationsNear(
  node: SubstrateNode,
  number: number,
  patienceMs: number,
): AsyncGenerator<Justification> {
  const sources = [
    async () => (await node.proveFinality(number + 1))?.justification,
    async () => (await node.proveFinality(number))?.justification,
    async () => (await node.blockAt(number)).justification,
    () => nextAnnounced(node, patienceMs),
  ];
  for (const source of sources) {
    const bytes = await unlessRefused(source);
    const justification = bytes && decodeJustification(bytes);
    if (justification === undefined) continue;
    const { targetHash, targetNumber } = justification;
    if (equal(await node.hashAt(targetNumber), targetHash)) yield justification;
  }
}

/** The next justification that the node announces; `undefined` if the node announces none in time. */
async function nextAnnounced(
  { connection }: SubstrateNode,
  patienceMs: number,
): Promise<Uint8Array | undefined> {
  if (patienceMs === 0) return undefined;
  const found = new AbortController();
  let announced: Uint8Array | undefined;
  await connection.subscribe("grandpa_subscribeJustifications", (result) => {
    if (typeof result !== "string") return;
    announced = from0x(result);
    found.abort();
  });
  await pause(patienceMs, found.signal);
  return announced;
}

/**
 * Returns `undefined` if the node refuses the request. Nodes refuse proofs that they do not have or that are
 * too large, and some nodes do not know GRANDPA's methods.
 */
async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RelayError && refusals.includes(error.code)) return undefined;
    if (refusedForSize(error)) return undefined;
    throw error;
  }
}

const refusals: readonly string[] = ["relay/node-refused", "relay/method-not-found"];
