import { toHex, utf8 } from "@pruntime/core/bytes";
import {
  encodeQuery2020,
  encodeReply,
  encodeSignedQuery,
  leastBytes,
  originClaim,
  pad,
  plainQuery,
  type QueryV2,
  type SealedQuery,
  sealQuery,
} from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { parseJson } from "@pruntime/core/json";
import { identityOf, type Runtime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import type { Chain } from "../../src/chain.ts";
import { checkBlocks } from "../../src/query/blocks.ts";
import { maxQueryLife } from "../../src/query/nonces.ts";
import { alice, bob } from "../support/devchain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import {
  countingRandom,
  keyPair,
  outcomeOf,
  plain,
  refusal,
  runtimeCode,
  runtimeOf,
  type SealedOptions,
  sealed,
  signed,
  take,
} from "../support/worker.ts";

const own = { FreeBalance: { account: toHex(alice.id) } };
const chain = new TinyChain();
for (let i = 0; i < 5; i++) chain.grow();

/** A process of one worker: each process has the same identity, and random draws of its own. */
function started(blocks = 3, process = 1): Runtime {
  const fill = (byte: number) => new Uint8Array(32).fill(byte);
  const secrets = { signing: fill(3), ecdhSecret: fill(2), stateKey: fill(9) };
  const random = countingRandom();
  for (let i = 1; i < process; i++) random(1);
  const identity = identityOf(portableCrypto, secrets);
  const runtime = runtimeOf(identity, portableCrypto, runtimeCode, random);
  take(runtime, chain.init());
  for (let i = 1; i <= blocks; i++) take(runtime, chain.body(i));
  return runtime;
}

/** The code with which a worker at block 3 refuses Alice's query in a sealed reply. */
const refusedFor = (options: SealedOptions, runtime = started()) =>
  outcomeOf(runtime, sealed(runtime, 2, own, { by: alice, ...options }));
const changed = (change: Partial<QueryV2>) => refusedFor({ change });
const block = (number: number) => ({ number, hash: chain.at(number).hash });

describe("the envelope of a sealed query", () => {
  it("shows its kind, the query key's name, the encapsulated key and the ciphertext only", () => {
    for (const by of [alice, undefined]) {
      const { event } = sealed(started(), 2, own, by && { by });
      expect(event.query.origin).toBe(undefined);
      expect(parseJson(event.query.queryPayload)).toEqual({
        SealedQuery: {
          cipher_b64: expect.any(String),
          enc_b64: expect.any(String),
          key_id: expect.any(String),
        },
      });
    }
  });

  it("query/origin-outside: names no signer", () => {
    const runtime = started();
    const { event } = sealed(runtime, 2, own);
    const { origin } = plain(2, own, alice).query;
    expect(refusal(runtime, { kind: "query", query: { ...event.query, origin } })).toBe(
      "query/origin-outside",
    );
  });

  it("channel/bad-tag: opens only unchanged", () => {
    const runtime = started();
    const { queryPayload } = sealed(runtime, 2, own).event.query;
    const other = queryPayload.replace(/"cipher_b64":"./, (start) =>
      start.endsWith("A") ? `${start.slice(0, -1)}B` : `${start.slice(0, -1)}A`,
    );
    expect(refusal(runtime, { kind: "query", query: { queryPayload: other, origin: undefined } })).toBe(
      "channel/bad-tag",
    );
  });
});

describe("query/other-session", () => {
  it("refuses in clear a query that was sealed to another process of the same worker, at any block", () => {
    const { event } = sealed(started(), 2, own, { by: alice });
    for (const at of [0, 1, 2, 3, 4, 5]) expect(refusal(started(at, 2), event)).toBe("query/other-session");
  });

  it("refuses a query that was sealed to the key agreement key", () => {
    const runtime = started();
    const address = { genesisHash: chain.at(0).hash, publicKey: runtime.identity.keyPair.publicKey };
    const { payload } = sealQuery(portableCrypto, keyPair(9), address, "{}");
    expect(refusal(runtime, signed(payload))).toBe("query/other-session");
  });

  it("does not depend on the name alone", () => {
    const runtime = started();
    const address = { genesisHash: chain.at(0).hash, publicKey: runtime.identity.keyPair.publicKey };
    const { payload } = sealQuery(portableCrypto, keyPair(9), address, "{}");
    const { keyId } = ownEnvelope(runtime);
    expect(refusal(runtime, signed({ ...payload, keyId }))).toBe("channel/bad-tag");
  });
});

function ownEnvelope(runtime: Runtime): SealedQuery {
  const publicKey = runtime.queryTerms()!.key.publicKey;
  return sealQuery(portableCrypto, keyPair(9), { genesisHash: chain.at(0).hash, publicKey }, "{}").payload;
}

describe("query/resealed: the text of a query is bound to one sealed message", () => {
  const runtime = started();
  const queryKey = runtime.queryTerms()!.key.publicKey;
  /** The seal that `sealed` makes. The text of a query may claim another seal. */
  const seal = { genesisHash: chain.at(0).hash, queryKey, enc: keyPair(200).publicKey };
  const withSeal = (change: Partial<QueryV2["seal"]>) =>
    refusedFor({ change: { seal: { ...seal, ...change } } }, runtime);

  it("which a hostile worker cannot seal again to another worker", () => {
    const hostile = started(3, 2).queryTerms()!.key.publicKey;
    expect(withSeal({ queryKey: hostile })).toBe("query/resealed");
  });

  it.each([
    ["another encapsulated key", { enc: keyPair(51).publicKey }],
    ["another chain", { genesisHash: chain.at(1).hash }],
  ])("which is refused with %s", (_, change) => expect(withSeal(change)).toBe("query/resealed"));

  it("which is answered otherwise", () => expect(withSeal({})).toMatchObject({ FreeBalance: {} }));
});

it("query/malformed: the text of a v2 query is not a query of 2020", () => {
  const { event } = sealed(started(), 2, own);
  const text = plainQuery(event.query.queryPayload).payload;
  expect(refusal(started(), signed(text))).toBe("query/malformed");
});

describe("what depends on the content of a query is refused in a sealed reply", () => {
  const claimed = (origin: object | null) => (content: string) =>
    JSON.stringify({ ...(JSON.parse(content) as object), origin });
  const alicesClaim = { origin: toHex(alice.id), sig_b64: "AA==", sig_type: "sr25519" };

  it.each<[string, string, SealedOptions]>([
    ["query/malformed", "content that is not JSON", { bend: () => "?" }],
    [
      "query/malformed",
      "content of 2020",
      { bend: () => encodeQuery2020({ contractId: 2, nonce: 1, request: 1 }) },
    ],
    [
      "query/malformed",
      "a signed envelope of 2020",
      { bend: () => encodeSignedQuery(plain(2, own, alice).query) },
    ],
    [
      "query/bad-encoding",
      "an unknown signature type",
      { bend: claimed({ ...alicesClaim, sig_type: "rsa" }) },
    ],
    ["query/bad-origin", "an origin of another length", { bend: claimed({ ...alicesClaim, origin: "00" }) }],
    ["query/bad-signature", "no valid signature", { bend: claimed(alicesClaim) }],
    [
      "query/bad-signature",
      "the signature of another account",
      { bend: (content) => content.replace(toHex(alice.id), toHex(bob.id)) },
    ],
    ["query/no-contract", "an unknown contract", { change: { contractId: 9 } }],
    ["query/bad-request", "an unknown request", { change: { request: "Everything" } }],
  ])("%s: %s", (code, _, options) => expect(refusedFor(options)).toBe(code));

  it.each([
    ["query/malformed", "content that is not UTF-8", pad(Uint8Array.of(0xff), leastBytes.query)],
    ["channel/bad-padding", "content without padding", utf8("{}")],
    ["channel/bad-padding", "content that is padded like a command", pad(utf8("{}"), leastBytes.command)],
  ])("%s: %s", (code, _, plaintext) => {
    const runtime = started();
    const publicKey = runtime.queryTerms()!.key.publicKey;
    const address = { genesisHash: chain.at(0).hash, publicKey };
    const crypto = {
      ...portableCrypto,
      aes256Gcm: (key: Uint8Array) => {
        const aead = portableCrypto.aes256Gcm(key);
        return {
          ...aead,
          seal: (iv: Uint8Array, _: Uint8Array, aad: Uint8Array) => aead.seal(iv, plaintext, aad),
        };
      },
    };
    const { payload, session } = sealQuery(crypto, keyPair(200), address, "");
    expect(outcomeOf(runtime, { event: signed(payload), session })).toBe(code);
  });

  it("accepts a wallet's signature over the wrapped text", () => {
    const runtime = started();
    const wrapped = (content: string) => {
      const { query_payload } = JSON.parse(content) as { query_payload: string };
      const sign = alice.sign(Buffer.from(`<Bytes>${query_payload}</Bytes>`));
      const origin = originClaim("sr25519", alice.id, sign);
      return encodeSignedQuery({ queryPayload: query_payload, origin });
    };
    expect(refusedFor({ bend: wrapped }, runtime)).toMatchObject({ FreeBalance: {} });
  });

  it("has the same form and length as an answer", () => {
    const runtime = started();
    const replies = [sealed(runtime, 2, own, { by: alice }), sealed(runtime, 9, own)].map(({ event }) =>
      encodeReply(take(runtime, event).reply),
    );
    expect(replies).toEqual(Array(2).fill(expect.stringMatching(/^\{"SealedReply":\{"cipher_b64":"/)));
    expect(replies[0]?.length).toBe(replies[1]?.length);
  });
});

describe("the block that the client knows", () => {
  it("is one that the worker has dispatched", () => {
    for (const number of [0, 1, 2, 3])
      expect(changed({ knownBlock: block(number) })).toMatchObject({ FreeBalance: {} });
  });

  it.each<[string, string, Partial<QueryV2>]>([
    ["query/ahead", "a later block", { knownBlock: block(4) }],
    ["query/ahead", "a later block of issue", { issuedAt: 4 }],
    [
      "query/unknown-block",
      "another block at the same height",
      { knownBlock: { ...block(3), hash: block(2).hash } },
    ],
    ["query/unknown-block", "another genesis block", { knownBlock: { ...block(0), hash: block(2).hash } }],
  ])("%s: %s", (code, _, change) => expect(changed(change)).toBe(code));
});

describe("a query expires", () => {
  it("query/expired: after the block that it names", () => {
    expect(changed({ expiresAt: 3 })).toMatchObject({ FreeBalance: {} });
    expect(changed({ expiresAt: 2 })).toBe("query/expired");
  });

  const later = (number: number, timeMs = 7n): Chain => {
    const { chain: now } = started().status()!;
    const hashes = Array.from({ length: number - 3 }, (_, i) => ({ hash: new Uint8Array(32).fill(i) }));
    return { ...now, dispatched: { ...now.dispatched, number, timeMs }, known: now.known.append(hashes) };
  };
  const dates = { knownBlock: block(0), issuedAt: 3, expiresAt: 1 << 30, expiresAtMs: 7n };

  it("query/expired: after the chain time that it names", () => {
    checkBlocks(later(4), dates);
    expect(codeOf(() => checkBlocks(later(4), { ...dates, expiresAtMs: 6n }))).toBe("query/expired");
  });

  it("query/expired: after the longest life of a query, whatever it names", () => {
    checkBlocks(later(3 + maxQueryLife), dates);
    expect(codeOf(() => checkBlocks(later(4 + maxQueryLife), dates))).toBe("query/expired");
  });

  it("query/block-too-old: if the worker no longer remembers the block that the client knows", () => {
    const old = { ...dates, knownBlock: block(1), issuedAt: 70_000 };
    expect(codeOf(() => checkBlocks(later(70_000), old))).toBe("query/block-too-old");
    checkBlocks(later(70_000), { ...old, knownBlock: block(0) });
  });
});
