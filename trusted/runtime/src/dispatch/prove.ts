/** Proves the events and the time in a finalized block's state. */
import type { BlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import { headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import type { FinalizedHeader } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { systemEventsKey, timestampNowKey } from "@pruntime/core/storage-key";
import { openStateProofWork, type ProofLimits, type StateProof } from "@pruntime/core/trie";
import type { Work } from "@pruntime/core/work";
import { DispatchError } from "./error.ts";
import { runsPendingCode } from "./pending-code.ts";

/** The values from a block's state that dispatch needs. */
export interface ProvenState {
  /** The value of `System.Events`. `undefined` if the state has none. */
  readonly events: Uint8Array | undefined;
  /** `Timestamp.Now` in milliseconds; 0 if the state has none. */
  readonly timeMs: bigint;
  /** Whether the next block runs the code under `:pending_code` (pending-code.ts). */
  readonly codePending: boolean;
}

/** The rules for a block's proof. The runtime that executed the block determines these rules. */
export interface ProofRules {
  /** The most that the proof may contain. */
  readonly limits: ProofLimits;
  readonly systemVersion: number;
}

/**
 * Checks a block against the finalized header with the same number, and reads the events from the state of
 * that header, in units. The format of 2020 can also carry the events outside the proof. These events must
 * then equal the events in the state.
 * @throws {@link DispatchError} `dispatch/wrong-header`, `dispatch/wrong-key`, `dispatch/missing-proof`,
 * `dispatch/events-mismatch`, `dispatch/bad-timestamp`; TrieError
 */
export function* proveBlock(
  crypto: Crypto,
  { number, hash, stateRoot }: FinalizedHeader,
  { encodedHeader, events, proof, key }: BlockHeaderWithEvents,
  { limits, systemVersion }: ProofRules,
): Work<ProvenState> {
  if (!equal(headerHash(crypto, encodedHeader), hash))
    throw new DispatchError({ code: "dispatch/wrong-header", number });
  const eventsKey = systemEventsKey(crypto);
  if (key !== undefined && !equal(key, eventsKey))
    throw new DispatchError({ code: "dispatch/wrong-key", number });
  if (proof === undefined) throw new DispatchError({ code: "dispatch/missing-proof", number });
  const state = yield* openStateProofWork(crypto.blake2b256, stateRoot, proof, limits);
  const value = state.read(eventsKey);
  if (events !== undefined && !(value !== undefined && equal(value, events)))
    throw new DispatchError({ code: "dispatch/events-mismatch", number });
  return {
    events: value,
    timeMs: provenTime(crypto, number, state),
    codePending: runsPendingCode(state, systemVersion),
  };
}

/**
 * The block's time in milliseconds. The proof must contain `Timestamp.Now` or prove that the state has none.
 * If the relay could leave the time out, two workers could see different times.
 */
function provenTime(crypto: Crypto, number: number, state: StateProof): bigint {
  const value = state.read(timestampNowKey(crypto));
  if (value === undefined) return 0n;
  if (value.length !== 8) throw new DispatchError({ code: "dispatch/bad-timestamp", number });
  return decodeAll(value, (r) => r.u64());
}
