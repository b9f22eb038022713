import { toHex, utf8 } from "@pruntime/core/bytes";
import { encodeQuery2020, openReply, plainQuery, sealV1WithKey } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json, parseJson } from "@pruntime/core/json";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alice, bob } from "../support/devchain.ts";
import { extrinsic2020, pushCommand2020, TinyChain } from "../support/tiny-chain.ts";
import {
  answer,
  keyPair,
  newRuntime,
  outcomeOf,
  plain,
  refusal,
  sealed,
  signed,
  take,
  workerKey,
} from "../support/worker.ts";

const supply = { TotalIssuance: { total_issuance: "1024000000000000" } };
const own = { FreeBalance: { account: toHex(alice.id) } };

function started(blocks = 1) {
  const chain = new TinyChain();
  for (let i = 0; i < blocks; i++) chain.grow();
  const runtime = newRuntime();
  take(runtime, chain.init());
  for (let i = 1; i <= blocks; i++) take(runtime, chain.body(i));
  return runtime;
}

describe("a query", () => {
  it("in plain text gets a plain reply", () => {
    const { reply } = take(started(), plain(2, "TotalIssuance"));
    expect(reply).toEqual({ kind: "plain", text: canonicalJson(supply) });
  });

  it("sealed as in 2020 gets a reply sealed under the same key with another IV", () => {
    const text = encodeQuery2020({ contractId: 2, nonce: 7, request: "TotalIssuance" });
    const iv = new Uint8Array(12).fill(0xee);
    const { payload, session } = sealV1WithKey(portableCrypto, keyPair(5), iv, workerKey.publicKey, text);
    const { reply } = take(started(), signed(payload));
    expect(reply).toMatchObject({ kind: "v1", publicKey: workerKey.publicKey });
    expect(parseJson(openReply(session, reply))).toEqual(supply);
  });

  it("sealed by HPKE gets a reply sealed under an exported key", () => {
    const runtime = started();
    const query = sealed(runtime, 2, "TotalIssuance");
    expect(take(runtime, query.event).reply.kind).toBe("v2");
    expect(outcomeOf(runtime, query)).toEqual(supply);
  });

  it("comes from the account that signed it, or is anonymous", () => {
    const runtime = started();
    expect(answer(runtime, 2, own, alice)).toEqual({ FreeBalance: { balance: "1024000000000000" } });
    expect(outcomeOf(runtime, sealed(runtime, 2, own, { by: alice }))).toEqual({
      FreeBalance: { balance: "1024000000000000" },
    });
    expect(JSON.stringify(outcomeOf(runtime, sealed(runtime, 2, own)))).toBe('{"Error":"NotAuthorized"}');
    for (const by of [bob, undefined])
      expect(JSON.stringify(answer(runtime, 2, own, by))).toBe('{"Error":"NotAuthorized"}');
  });

  it("does not see uncommitted changes, and writes nothing", () => {
    const chain = new TinyChain();
    const text = canonicalJson({ Transfer: { dest: toHex(bob.id), value: "5" } });
    chain.grow({
      extrinsics: [extrinsic2020(pushCommand2020(2, utf8(canonicalJson({ Plain: text }))), alice.id)],
    });
    const runtime = newRuntime();
    take(runtime, chain.init());
    expect(refusal(runtime, chain.body(1, { extrinsics: [] }))).toBe("dispatch/extrinsics-mismatch");
    expect(answer(runtime, 2, own, alice)).toEqual({ FreeBalance: { balance: "1024000000000000" } });
    const { stateRoot } = runtime.status()!;
    answer(runtime, 1, "GetOrders");
    expect(runtime.status()!.stateRoot).toEqual(stateRoot);
  });
});

describe("a refused query of 2020", () => {
  const runtime = started();
  const good = plain(2, own, alice);
  const claim = good.query.origin!;
  const asked = (change: Partial<typeof claim>, queryPayload = good.query.queryPayload) =>
    ({ kind: "query", query: { queryPayload, origin: { ...claim, ...change } } }) as const;
  const text = (value: Json) => signed(plainQuery(canonicalJson(value)).payload);

  it.each([
    ["query/bad-encoding", "an origin that is not hex", asked({ origin: "0xzz" })],
    ["query/bad-encoding", "a signature that is not base64", asked({ sigB64: "!" })],
    ["query/bad-encoding", "an unknown signature type", asked({ sigType: "rsa" })],
    ["query/bad-origin", "an origin of another length", asked({ origin: "00" })],
    ["query/bad-signature", "another account's signature", asked({ origin: toHex(bob.id) })],
    ["query/bad-signature", "another signature type", asked({ sigType: "ed25519" })],
    ["query/bad-signature", "a signature over another envelope", asked({}, `${good.query.queryPayload} `)],
    ["json/bad-syntax", "an envelope that is not JSON", signed0("Plain")],
    ["json/unknown-variant", "an unknown envelope", signed0('{"Secret":1}')],
    ["json/unknown-variant", "a command's envelope", signed0('{"Sealed":{"cipher_b64":"","enc_b64":""}}')],
    ["query/malformed", "a text that is not JSON", signed(plainQuery("?").payload)],
    ["query/malformed", "no contract id", text({ nonce: 1, request: "TotalIssuance" })],
    ["query/malformed", "no request", text({ nonce: 1, contract_id: 2 })],
    [
      "query/malformed",
      "a contract id as text",
      text({ nonce: 1, contract_id: "2", request: "TotalIssuance" }),
    ],
    ["query/no-contract", "an unknown contract", plain(9, "TotalIssuance")],
    ["query/bad-request", "a request that the contract does not know", plain(2, "Everything")],
    ["query/bad-request", "a request without its content", plain(2, "FreeBalance")],
    [
      "query/bad-request",
      "a request with a fraction, which canonical JSON cannot express",
      signed(plainQuery('{"contract_id":2,"nonce":1,"request":0.5}').payload),
    ],
    [
      "query/bad-request",
      "a receipt for a malformed hash",
      plain(0, { QueryReceipt: { tx_hash: "00" } }, alice),
    ],
  ])("%s: %s", (code, _, event) => {
    expect(refusal(runtime, event)).toBe(code);
    expect(answer(runtime, 2, "TotalIssuance")).toEqual(supply);
  });

  it("is refused with a code for any input", () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (envelope) => {
        expect(runtime.accept(signed0(envelope)).ok).toBe(false);
        expect(runtime.accept(signed(plainQuery(envelope).payload)).ok).toBe(false);
      }),
    ));
});

function signed0(queryPayload: string) {
  return { kind: "query", query: { queryPayload, origin: undefined } } as const;
}
