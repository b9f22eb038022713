/** Cases for each rule of `verifyHeaders`, published as `vectors/grandpa/batches.json`. */
import { concat } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  type Authority,
  encodeAuthorityList,
  encodeJustification,
  encodeVersionedAuthorityList,
  grandpaDigestItem,
} from "../../src/grandpa/index.ts";
import {
  type HeaderBatch,
  type LightClient,
  startFromGenesis,
  verifyHeaders,
} from "../../src/light-client/index.ts";
import { encode } from "../../src/scale/index.ts";
import { grandpaAuthoritiesKey, grandpaCurrentSetIdKey, wellKnownKeys } from "../../src/storage-key/index.ts";
import { Trie } from "../../src/trie/index.ts";
import { authoritySet, type Block, bytes32, child, genesis, grow, unanimous } from "../grandpa/chain.ts";

export interface BatchCase {
  readonly title: string;
  readonly client: LightClient;
  readonly batch: HeaderBatch;
  /** The client's state afterwards, or an error code. */
  readonly expect: string | { readonly number: number; readonly setId: bigint; readonly pending: number };
}

const setA = authoritySet(4, 0n).authorities;
const setB = authoritySet(4, 1n, 4).authorities;
const setC = authoritySet(4, 2n, 8).authorities;
const palletKey = grandpaAuthoritiesKey(crypto);
const setIdKey = grandpaCurrentSetIdKey(crypto);
const wellKnownKey = wellKnownKeys.grandpaAuthorities;

/** A state from which tests prove entries. Unrelated entries give its trie some depth. */
export function state(entries: readonly (readonly [Uint8Array, Uint8Array])[]): Trie {
  const others = Array.from({ length: 20 }, (_, i) => [bytes32(11 * i), bytes32(i)] as const);
  return Trie.from({ hash: crypto.blake2b256, version: 0 }, [...others, ...entries]);
}

const setIdEntry = (setId: bigint) => [setIdKey, encode(setId, (w, id) => w.u64(id))] as const;
const palletEntry = (list: readonly Authority[]) => [palletKey, encodeAuthorityList(list)] as const;
const wellKnownEntry = (list: readonly Authority[]) =>
  [wellKnownKey, encodeVersionedAuthorityList(list)] as const;

export const genesisState = state([wellKnownEntry(setA)]);
export const first = genesis({ stateRoot: genesisState.root });
export const start: LightClient = startFromGenesis(crypto, {
  encodedHeader: first.encoded,
  authorities: setA,
  proof: genesisState.prove([wellKnownKey]),
});

const scheduled = (nextAuthorities: readonly Authority[], delay: number) =>
  grandpaDigestItem({ kind: "scheduled-change", nextAuthorities, delay });
const forced = grandpaDigestItem({
  kind: "forced-change",
  medianLastFinalized: 0,
  nextAuthorities: setB,
  delay: 0,
});

function batch(
  blocks: readonly Block[],
  change?: HeaderBatch["authoritySetChange"],
  setId = 0n,
): HeaderBatch {
  const last = blocks.at(-1) as Block;
  return {
    headers: blocks.map(({ encoded }) => encoded),
    justification: encodeJustification(unanimous(last, 3, setId, 4 * Number(setId))),
    authoritySetChange: change,
  };
}

function after(client: LightClient, given: HeaderBatch): LightClient {
  return verifyHeaders(crypto, client, given).next;
}

const plain = grow(first, 6) as [Block, Block, Block, Block, Block, Block];
const [p1, p2, p3] = plain;
const atTwo = after(start, batch([p1, p2]));
const otherTwo = child(p1, { fork: 1 });
/** A batch of headers that are final already, with a change that takes effect after them. */
const again = (blocks: readonly Block[], change: HeaderBatch["authoritySetChange"]): HeaderBatch => ({
  ...batch(blocks, change),
  justification: bytes32(1),
});

// A change without delay at block 2, and the chain after it.
const now2 = child(p1, { digest: [scheduled(setB, 0)] });
const now3 = child(now2);
const inSetOne = after(start, batch([p1, now2]));
// A change that block 2 announces and that takes effect after block 4.
const late2 = child(p1, { digest: [scheduled(setB, 2)] });
const [late3, late4, late5] = grow(late2, 3) as [Block, Block, Block];
const waiting = after(start, batch([p1, late2]));
const overlap = (parent: Block) => child(parent, { digest: [scheduled(setC, 0)] });

/** A child of `parent` with the state `over`, and a change that claims `authorities` and proves `keys`. */
function claim(
  parent: Block,
  over: Trie,
  keys: readonly Uint8Array[],
  authorities: readonly Authority[],
  setId = 1n,
  digest: Block["header"]["digest"] = [],
) {
  return {
    block: child(parent, { stateRoot: over.root, digest }),
    change: { authorities, setId, proof: over.prove(keys) },
  };
}

const counted = state([palletEntry(setB), setIdEntry(1n)]);
const enactedCounted = claim(p1, counted, [palletKey, setIdKey], setB);
const enactedOld = state([wellKnownEntry(setB), setIdEntry(1n)]);
const countedOld = claim(p1, enactedOld, [wellKnownKey, setIdKey], setB);
const digestAndState = claim(p1, counted, [palletKey], setB, 1n, [scheduled(setB, 0)]);
const unwitnessed = claim(p1, enactedOld, [wellKnownKey], setB);
const otherId = claim(p1, state([palletEntry(setB), setIdEntry(2n)]), [palletKey, setIdKey], setB);
const noId = claim(p1, state([palletEntry(setB)]), [palletKey, setIdKey], setB);
const twoAhead = claim(p1, state([palletEntry(setB), setIdEntry(2n)]), [palletKey, setIdKey], setB, 2n);
const noNews = claim(p1, state([palletEntry(setB), setIdEntry(0n)]), [palletKey, setIdKey], setB, 0n);
const otherList = claim(p1, counted, [palletKey, setIdKey], setC);
const notAnnounced = claim(p1, counted, [palletKey, setIdKey], setB, 1n, [scheduled(setC, 0)]);
const early = claim(late2, state([palletEntry(setA), setIdEntry(1n)]), [palletKey, setIdKey], setA);
const onTime = claim(late3, counted, [palletKey, setIdKey], setB);
const noList = claim(p1, state([setIdEntry(1n)]), [palletKey, wellKnownKey, setIdKey], setB);
const otherRoot = { block: p2, change: enactedCounted.change };
const withoutList = claim(p1, counted, [bytes32(11)], setB);
const badList = claim(
  p1,
  state([[palletKey, concat(encodeAuthorityList(setB), bytes32(0))], setIdEntry(1n)]),
  [palletKey, setIdKey],
  setB,
);

const accepted: readonly (readonly [string, LightClient, HeaderBatch, number, bigint, number])[] = [
  ["one header", start, batch([p1]), 1, 0n, 0],
  ["several headers", start, batch(plain), 6, 0n, 0],
  ["known headers in front are skipped", atTwo, batch([first, p1, p2, p3]), 3, 0n, 0],
  [
    "a batch of known headers changes nothing, and its justification is not read",
    atTwo,
    { ...batch([p1, p2]), justification: bytes32(1) },
    2,
    0n,
    0,
  ],
  ["a batch of headers below the last final one", atTwo, batch([first, p1]), 2, 0n, 0],
  ["a change without delay, enacted by the header that announces it", start, batch([p1, now2]), 2, 1n, 0],
  ["the next set goes on after the change", inSetOne, batch([now3], undefined, 1n), 3, 1n, 0],
  ["a change with delay waits", start, batch([p1, late2, late3]), 3, 0n, 1],
  ["a change with delay is enacted in the same batch", start, batch([p1, late2, late3, late4]), 4, 1n, 0],
  ["a change with delay is enacted in a later batch", waiting, batch([late3, late4]), 4, 1n, 0],
  ["a change still waits after a later batch", waiting, batch([late3]), 3, 0n, 1],
  [
    "the first change that a header announces counts",
    start,
    batch([child(first, { digest: [scheduled(setB, 0), scheduled(setC, 0)] })]),
    1,
    1n,
    0,
  ],
  [
    "digests of others, and those that change no set",
    start,
    batch([
      child(first, {
        digest: [
          { ...scheduled(setB, 0), engine: "BABE" },
          { ...scheduled(setB, 0), kind: "seal" },
          grandpaDigestItem({ kind: "on-disabled", authorityIndex: 1n }),
          grandpaDigestItem({ kind: "pause", delay: 0 }),
        ],
      }),
    ]),
    1,
    0n,
    0,
  ],
  [
    "a given change that the chain's set id counts",
    start,
    batch([p1, enactedCounted.block], enactedCounted.change),
    2,
    1n,
    0,
  ],
  [
    "a given change under the key of old chains",
    start,
    batch([p1, countedOld.block], countedOld.change),
    2,
    1n,
    0,
  ],
  [
    "a given change that the last header announces",
    start,
    batch([p1, digestAndState.block], digestAndState.change),
    2,
    1n,
    0,
  ],
  [
    "a given change on the day the delay ends",
    waiting,
    batch([late3, onTime.block], onTime.change),
    4,
    1n,
    0,
  ],
  [
    "a change that an earlier batch with the same last header lacked",
    after(start, batch([p1, enactedCounted.block])),
    again([p1, enactedCounted.block], enactedCounted.change),
    2,
    1n,
    0,
  ],
  [
    "the same change again, which changes nothing",
    after(start, batch([p1, enactedCounted.block], enactedCounted.change)),
    again([p1, enactedCounted.block], enactedCounted.change),
    2,
    1n,
    0,
  ],
  [
    "a change of an earlier header than the latest final one, which changes nothing",
    after(start, batch([p1, enactedCounted.block, child(enactedCounted.block)])),
    again([p1, enactedCounted.block], enactedCounted.change),
    3,
    0n,
    0,
  ],
];

const refused: readonly (readonly [string, string, LightClient, HeaderBatch])[] = [
  ["headers/empty", "no headers", start, { headers: [], justification: bytes32(0) }],
  ["headers/gap", "the first new header is missing", start, batch([p2, p3])],
  ["headers/gap", "a header in the middle is missing", start, batch([p1, p3])],
  ["headers/gap", "headers out of order", start, batch([p2, p1])],
  ["headers/gap", "a header given twice", start, batch([p1, p1])],
  [
    "headers/wrong-parent",
    "the first header is of another chain",
    start,
    batch([child(genesis({ fork: 1 }))]),
  ],
  [
    "headers/wrong-parent",
    "a later header is of another fork",
    start,
    batch([p1, child(child(first, { fork: 1 }))]),
  ],
  [
    "headers/wrong-parent",
    "known headers of another fork in front",
    atTwo,
    batch([p1, child(child(first, { fork: 1 })), p3]),
  ],
  [
    "headers/conflicts-finalized",
    "another header of the final number",
    atTwo,
    batch([p1, otherTwo, child(otherTwo)]),
  ],
  ["headers/conflicts-finalized", "another header of the final number, alone", atTwo, batch([otherTwo])],
  ["headers/beyond-set-change", "headers after a change without delay", start, batch([p1, now2, now3])],
  [
    "headers/beyond-set-change",
    "headers after the end of the delay",
    start,
    batch([p1, late2, late3, late4, late5]),
  ],
  [
    "headers/beyond-set-change",
    "headers after a change of an earlier batch",
    waiting,
    batch([late3, late4, late5]),
  ],
  ["headers/overlapping-change", "a change while another waits", start, batch([p1, late2, overlap(late2)])],
  [
    "headers/overlapping-change",
    "a change while one of an earlier batch waits",
    waiting,
    batch([overlap(late2)]),
  ],
  [
    "headers/overlapping-change",
    "a change in the block that enacts another",
    waiting,
    batch([late3, overlap(late3)]),
  ],
  ["finality/forced-change", "a forced change", start, batch([p1, child(p1, { digest: [forced] })])],
  [
    "finality/forced-change",
    "a forced change behind a scheduled one",
    start,
    batch([child(first, { digest: [scheduled(setB, 0), forced] })]),
  ],
  [
    "finality/wrong-target",
    "a justification of an earlier header",
    start,
    { ...batch([p1, p2]), justification: batch([p1]).justification },
  ],
  [
    "finality/wrong-target",
    "a justification of another fork",
    start,
    { ...batch([p1, p2]), justification: batch([otherTwo]).justification },
  ],
  [
    "finality/below-threshold",
    "two votes of four",
    start,
    { ...batch([p1]), justification: encodeJustification(unanimous(p1, 2, 0n)) },
  ],
  [
    "finality/below-threshold",
    "the old set after a change",
    inSetOne,
    { ...batch([now3]), justification: encodeJustification(unanimous(now3, 4, 1n)) },
  ],
  [
    "finality/below-threshold",
    "the new set before its time",
    waiting,
    { ...batch([late3]), justification: encodeJustification(unanimous(late3, 4, 0n, 4)) },
  ],
  [
    "finality/bad-signature",
    "the new set under the old id",
    inSetOne,
    { ...batch([now3]), justification: encodeJustification(unanimous(now3, 4, 0n, 4)) },
  ],
  ["codec/truncated", "no justification", start, { ...batch([p1]), justification: new Uint8Array() }],
  [
    "codec/trailing",
    "a byte after a header",
    start,
    { ...batch([p1]), headers: [concat(p1.encoded, new Uint8Array(1))] },
  ],
  [
    "codec/bad-tag",
    "a GRANDPA digest that cannot be read",
    start,
    batch([child(first, { digest: [{ ...forced, data: new Uint8Array([9]) }] })]),
  ],
  [
    "headers/wrong-set-id",
    "a given change two ids ahead",
    start,
    batch([p1, twoAhead.block], twoAhead.change),
  ],
  [
    "headers/wrong-set-id",
    "a given change of the current id",
    start,
    batch([p1, noNews.block], noNews.change),
  ],
  [
    "headers/authorities-mismatch",
    "a given list that the state does not have",
    start,
    batch([p1, otherList.block], otherList.change),
  ],
  [
    "headers/authorities-mismatch",
    "a given list that the header does not announce",
    start,
    batch([p1, notAnnounced.block], notAnnounced.change),
  ],
  ["headers/no-authorities", "a state without authorities", start, batch([p1, noList.block], noList.change)],
  [
    "headers/change-not-due",
    "a given change that nothing witnesses",
    start,
    batch([p1, unwitnessed.block], unwitnessed.change),
  ],
  [
    "headers/change-not-due",
    "the chain counts another set id",
    start,
    batch([p1, otherId.block], otherId.change),
  ],
  ["headers/change-not-due", "the chain counts no set id", start, batch([p1, noId.block], noId.change)],
  [
    "headers/change-not-due",
    "the set id has moved, the delay has not ended",
    waiting,
    batch([early.block], early.change),
  ],
  [
    "headers/change-not-due",
    "a given change after the batch, while the delay has not ended",
    after(start, batch([p1, late2, early.block])),
    again([early.block], early.change),
  ],
  [
    "headers/change-not-due",
    "a given change after the batch that nothing witnesses",
    after(start, batch([p1, unwitnessed.block])),
    again([unwitnessed.block], unwitnessed.change),
  ],
  [
    "headers/wrong-set-id",
    "a given change after the batch, two ids ahead",
    after(start, batch([p1, twoAhead.block])),
    again([twoAhead.block], twoAhead.change),
  ],
  [
    "trie/root-missing",
    "a proof of another block's state",
    start,
    batch([p1, otherRoot.block], otherRoot.change),
  ],
  [
    "trie/incomplete-proof",
    "a proof of something else",
    start,
    batch([p1, withoutList.block], withoutList.change),
  ],
  ["codec/trailing", "a proven list with bytes after it", start, batch([p1, badList.block], badList.change)],
];

export const batchCases: readonly BatchCase[] = [
  ...accepted.map(([title, client, given, number, setId, pending]) => ({
    title,
    client,
    batch: given,
    expect: { number, setId, pending },
  })),
  ...refused.map(([expect, title, client, given]) => ({ title, client, batch: given, expect })),
];
