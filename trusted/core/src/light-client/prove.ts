import type { Crypto } from "../crypto/index.ts";
import { type Authority, decodeAuthorityList, decodeVersionedAuthorityList } from "../grandpa/index.ts";
import { decodeAll } from "../scale/index.ts";
import { grandpaAuthoritiesKey, grandpaCurrentSetIdKey, wellKnownKeys } from "../storage-key/index.ts";
import type { StateProof } from "../trie/index.ts";
import { LightClientError } from "./error.ts";

/**
 * Reads the authority list of a state from `Grandpa.Authorities`. If the proof does not cover that key, or
 * the key has no value, reads the list from `:grandpa_authorities`, where chains before 2024 kept it.
 * @throws {@link LightClientError} `headers/no-authorities` when `:grandpa_authorities` has no value either
 * @throws TrieError `trie/incomplete-proof`
 * @throws CodecError
 */
export function provenAuthorities(
  crypto: Pick<Crypto, "twox128">,
  state: StateProof,
  number: number,
): Authority[] {
  const palletKey = grandpaAuthoritiesKey(crypto);
  const pallet = state.covers(palletKey) ? state.read(palletKey) : undefined;
  if (pallet !== undefined) return decodeAuthorityList(pallet);
  const wellKnown = state.read(wellKnownKeys.grandpaAuthorities);
  if (wellKnown === undefined) throw new LightClientError({ code: "headers/no-authorities", number });
  return decodeVersionedAuthorityList(wellKnown);
}

/**
 * The set id of a state, or `undefined` when the proof does not cover the set id or the state has none.
 * @throws CodecError
 */
export function provenSetId(crypto: Pick<Crypto, "twox128">, state: StateProof): bigint | undefined {
  const key = grandpaCurrentSetIdKey(crypto);
  const value = state.covers(key) ? state.read(key) : undefined;
  return value === undefined ? undefined : decodeAll(value, (r) => r.u64());
}
