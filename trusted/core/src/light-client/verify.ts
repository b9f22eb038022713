/**
 * Extends the finalized chain by a batch of headers. The batch is accepted or rejected as a whole. The
 * functions do not modify their arguments.
 *
 * DIFF FROM the 2020 runtime and later runtimes: this code reads changes of authorities from the digest of
 * every header, not from the relay or from the last header only. It waits for the delay of each change, and
 * it proves the set id instead of believing the relay.
 * @see https://github.com/Phala-Network/phala-blockchain/tree/7e852cc20/standalone/pruntime/enclave/src/light_validation
 */
import type { AuthoritySetChange } from "../bridge-2020/index.ts";
import { decodeReceivedHeader, type ReceivedHeader } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { type AuthoritySet, decodeJustification, justificationWork } from "../grandpa/index.ts";
import { openStateProofWork } from "../trie/index.ts";
import { complete, type Work } from "../work/index.ts";
import { LightClientError } from "./error.ts";
import type { HeaderRun } from "./header-run.ts";
import {
  copyAuthorities,
  type FinalizedHeader,
  type LightClient,
  type PendingChange,
  toFinalized,
} from "./light-client.ts";
import { linkHeaders } from "./link.ts";
import { provenAuthorities, provenSetId } from "./prove.ts";
import { followChanges, sameAuthorities } from "./set-change.ts";
import { nothingStaged, pendingAfter, type StagedHeaders } from "./stage.ts";

/** A batch of headers, either in SCALE or already decoded. */
export interface HeaderBatch<H extends Uint8Array | ReceivedHeader = Uint8Array> {
  /**
   * Consecutive headers. The first header is final already, or is a child of the latest finalized block or of
   * a staged header.
   */
  readonly headers: readonly H[];
  /** The justification of the last header. */
  readonly justification: Uint8Array;
  /**
   * The authority set that takes over after the last header. It is not needed if a header announces this set.
   */
  readonly authoritySetChange?: AuthoritySetChange | undefined;
}

/** The result of verifying a batch of headers. */
export interface VerifiedBatch {
  /** The staged headers before the batch. The justification of the batch proves them too. */
  readonly staged: HeaderRun;
  /** The headers of the batch that were not final before, in order. */
  readonly finalized: readonly FinalizedHeader[];
  readonly next: LightClient;
}

/**
 * Decodes the headers and verifies them.
 * @throws the errors of {@link verifyReceivedHeaders}
 */
export function verifyHeaders(crypto: Crypto, trusted: LightClient, batch: HeaderBatch): VerifiedBatch {
  const headers = batch.headers.map(decodeReceivedHeader);
  return verifyReceivedHeaders(crypto, trusted, { ...batch, headers });
}

/**
 * Verifies headers that this code has decoded from their bytes. Headers that are final already are skipped. A
 * batch of only such headers is accepted without reading its justification. The staged headers are dropped.
 * Nothing else changes, except that a batch that ends at the latest final header may bring the authority set
 * that takes over after it. So a host that left this set out can send it later.
 * @param staged the staged headers. Those before the batch become final together with the batch.
 * @throws {@link LightClientError}
 * @throws FinalityError
 * @throws TrieError
 * @throws CodecError
 */
export function verifyReceivedHeaders(
  crypto: Crypto,
  trusted: LightClient,
  batch: HeaderBatch<ReceivedHeader>,
  staged?: StagedHeaders,
): VerifiedBatch {
  return complete(receivedHeadersWork(crypto, trusted, batch, staged));
}

/** Does what {@link verifyReceivedHeaders} does, in units. @throws as {@link verifyReceivedHeaders} */
export function* receivedHeadersWork(
  crypto: Crypto,
  trusted: LightClient,
  batch: HeaderBatch<ReceivedHeader>,
  staged: StagedHeaders = nothingStaged(trusted),
): Work<VerifiedBatch> {
  if (batch.headers.length === 0) throw new LightClientError({ code: "headers/empty" });
  const fresh = yield* linkHeaders(crypto, trusted.finalized, batch.headers, staged.headers);
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (first === undefined || last === undefined) {
    const next = yield* withLateChange(crypto, trusted, batch);
    return { staged: nothingStaged(trusted).headers, finalized: [], next };
  }
  const { number } = last.header;
  const before = staged.headers.upTo(first.header.number - 1);
  const change = followChanges(pendingAfter(trusted, staged, before), fresh, number);
  yield* justificationWork(
    crypto,
    trusted.authorities,
    { hash: last.hash, number },
    decodeJustification(batch.justification),
  );
  const finalized = fresh.map(toFinalized);
  const tip = finalized.at(-1) as FinalizedHeader;
  if (batch.authoritySetChange !== undefined)
    yield* verifySetChange(crypto, trusted.authorities, tip, change, batch.authoritySetChange);
  const authorities = nextSet(trusted.authorities, number, change, batch.authoritySetChange);
  const pending = change === undefined || change.enactsAt === number ? [] : [change];
  return {
    staged: before,
    finalized,
    next: { genesisHash: trusted.genesisHash, finalized: tip, authorities, pending },
  };
}

/** Takes the authority set after the latest final header, if the batch with this header lacked the set. */
function* withLateChange(
  crypto: Crypto,
  trusted: LightClient,
  { headers, authoritySetChange: given }: HeaderBatch<ReceivedHeader>,
): Work<LightClient> {
  const { finalized, authorities, pending } = trusted;
  const isAtTip = headers.at(-1)?.header.number === finalized.number;
  if (given === undefined || given.setId <= authorities.setId || !isAtTip) return trusted;
  yield* verifySetChange(crypto, authorities, finalized, pending[0], given);
  return { ...trusted, authorities: nextSet(authorities, finalized.number, pending[0], given) };
}

/**
 * Checks the new authority set that the relay supplies. Its id must be the next set id, and its authorities
 * must be those in the state of `tip`. If a header has announced a change, the change must take effect at
 * `tip` and must have the same authorities. If no header has, the set id in the state must already be the new
 * id. While an announced change is pending, the set id in the state proves nothing: the chain increases the
 * id when a change is announced, but replaces the list only when the change is enacted.
 */
function* verifySetChange(
  crypto: Crypto,
  current: AuthoritySet,
  tip: FinalizedHeader,
  announced: PendingChange | undefined,
  { authorities, setId, proof }: AuthoritySetChange,
): Work<void> {
  const { number } = tip;
  if (setId !== current.setId + 1n)
    throw new LightClientError({ code: "headers/wrong-set-id", want: current.setId + 1n, have: setId });
  const state = yield* openStateProofWork(crypto.blake2b256, tip.stateRoot, proof);
  if (!sameAuthorities(provenAuthorities(crypto, state, number), authorities))
    throw new LightClientError({ code: "headers/authorities-mismatch", number });
  if (announced === undefined ? provenSetId(crypto, state) !== setId : announced.enactsAt !== number)
    throw new LightClientError({ code: "headers/change-not-due", number });
  if (announced !== undefined && !sameAuthorities(announced.authorities, authorities))
    throw new LightClientError({ code: "headers/authorities-mismatch", number });
}

function nextSet(
  current: AuthoritySet,
  number: number,
  announced: PendingChange | undefined,
  given: AuthoritySetChange | undefined,
): AuthoritySet {
  if (announced?.enactsAt === number)
    return { setId: current.setId + 1n, authorities: announced.authorities };
  if (given !== undefined) return { setId: given.setId, authorities: copyAuthorities(given.authorities) };
  return current;
}
