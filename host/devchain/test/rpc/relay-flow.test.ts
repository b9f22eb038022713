/**
 * Tests that JSON-RPC over a bare WebSocket gives a light client everything that it needs: finality proofs,
 * headers, changes of the authority set, and storage proofs. The test trusts only the genesis, and verifies
 * everything else.
 */
import { from0x, to0x } from "@pruntime/core/bytes";
import { encodeHeader, type Header, headerHash, readDigestItem, readHeader } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import {
  type AuthoritySet,
  decodeAuthorityList,
  decodeJustification,
  grandpaDigests,
  verifyJustification,
} from "@pruntime/core/grandpa";
import { decodeAll, Reader } from "@pruntime/core/scale";
import { grandpaAuthoritiesKey, grandpaCurrentSetIdKey, systemEventsKey } from "@pruntime/core/storage-key";
import { openStateProof, type StateProof } from "@pruntime/core/trie";
import { expect, it } from "vitest";
import { serve } from "./bench.ts";
import type { Connected } from "./connect.ts";

interface HeaderJson {
  readonly number: string;
  readonly parentHash: string;
  readonly stateRoot: string;
  readonly extrinsicsRoot: string;
  readonly digest: { readonly logs: readonly string[] };
}

interface Batch {
  readonly headers: readonly Header[];
  readonly set: AuthoritySet;
}

it("follows the chain through authority set changes with proofs only", async () => {
  const { chain, rpc } = await serve({ mode: { kind: "manual" } });
  for (let i = 0; i < 9; i++) {
    if (i % 3 === 2) chain.rotateAuthorities();
    chain.produceBlock();
  }
  let { tip, set } = await trustGenesis(rpc);
  const ends: number[] = [];
  while (tip.number < 9) {
    const batch = await follow(rpc, tip, set);
    for (const header of batch.headers)
      expect((await proven(rpc, header, systemEventsKey(crypto)))?.length).toBeGreaterThan(0);
    tip = batch.headers.at(-1)!;
    set = batch.set;
    ends.push(tip.number);
  }
  expect(ends).toEqual([3, 6, 9]);
  expect(set.setId).toBe(3n);
});

async function trustGenesis(rpc: Connected): Promise<{ tip: Header; set: AuthoritySet }> {
  const tip = await headerAt(rpc, 0);
  const list = await proven(rpc, tip, grandpaAuthoritiesKey(crypto));
  return { tip, set: { setId: 0n, authorities: decodeAuthorityList(list!) } };
}

/**
 * Fetches one finality proof and its headers. Checks that the headers follow the tip, and verifies the
 * justification. If the last header announces the next authority set, proves that set in the state.
 */
async function follow(rpc: Connected, tip: Header, set: AuthoritySet): Promise<Batch> {
  const r = new Reader(from0x(await rpc.call<string>("grandpa_proveFinality", tip.number + 1)));
  const hash = r.take(32);
  const justification = decodeJustification(r.vecU8());
  const unknown = r.vec(98, readHeader);
  r.end();
  const headers = [await headerAt(rpc, tip.number + 1), ...unknown];
  let parent = tip;
  for (const header of headers) {
    expect(to0x(header.parentHash)).toBe(to0x(headerHash(crypto, encodeHeader(parent))));
    parent = header;
  }
  verifyJustification(crypto, set, { hash, number: parent.number }, justification);
  expect(to0x(headerHash(crypto, encodeHeader(parent)))).toBe(to0x(hash));
  return { headers, set: await nextSet(rpc, parent, set) };
}

async function nextSet(rpc: Connected, last: Header, set: AuthoritySet): Promise<AuthoritySet> {
  const change = grandpaDigests(last).find(({ kind }) => kind === "scheduled-change");
  if (change === undefined || !("nextAuthorities" in change)) return set;
  const state = await readProof(rpc, last, [grandpaAuthoritiesKey(crypto), grandpaCurrentSetIdKey(crypto)]);
  expect(decodeAuthorityList(state.read(grandpaAuthoritiesKey(crypto))!)).toEqual(change.nextAuthorities);
  const setId = new Reader(state.read(grandpaCurrentSetIdKey(crypto))!).u64();
  expect(setId).toBe(set.setId + 1n);
  return { setId, authorities: change.nextAuthorities };
}

async function readProof(rpc: Connected, header: Header, keys: readonly Uint8Array[]): Promise<StateProof> {
  const at = to0x(headerHash(crypto, encodeHeader(header)));
  const answer = await rpc.call<{ at: string; proof: string[] }>("state_getReadProof", keys.map(to0x), at);
  expect(answer.at).toBe(at);
  return openStateProof((data) => crypto.blake2b256(data), header.stateRoot, answer.proof.map(from0x));
}

async function proven(rpc: Connected, header: Header, key: Uint8Array): Promise<Uint8Array | undefined> {
  return (await readProof(rpc, header, [key])).read(key);
}

async function headerAt(rpc: Connected, number: number): Promise<Header> {
  const hash = await rpc.call<string>("chain_getBlockHash", number);
  const json = await rpc.call<HeaderJson>("chain_getHeader", hash);
  const header: Header = {
    number: Number.parseInt(json.number, 16),
    parentHash: from0x(json.parentHash),
    stateRoot: from0x(json.stateRoot),
    extrinsicsRoot: from0x(json.extrinsicsRoot),
    digest: json.digest.logs.map((log) => decodeAll(from0x(log), readDigestItem)),
  };
  expect(to0x(headerHash(crypto, encodeHeader(header)))).toBe(hash);
  return header;
}
