import { toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import {
  decodeReply,
  encodePayload,
  encodeQueryPayload,
  encodeQueryV2,
  encodeSignedQuery,
  openReply,
  plainQuery,
  sealQuery,
  sealV1WithKey,
} from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { keyPair } from "../../trusted/runtime/test/support/worker.ts";
import { alice, bob, initialized, TinyChain } from "./support/chain.ts";
import { start } from "./support/enclave.ts";

const chain = new TinyChain();
const text = (contract_id: number, request: Json) => canonicalJson({ contract_id, nonce: 1, request });
const input = (query_payload: string, origin: unknown = null) => ({ query_payload, origin });
const signedBy = (by: typeof alice, query_payload: string, other: object = {}) =>
  input(query_payload, {
    origin: toHex(by.id),
    sig_b64: toBase64(by.sign(utf8(query_payload))),
    sig_type: "sr25519",
    ...other,
  });
const plain = (contractId: number, request: Json) =>
  encodePayload(plainQuery(text(contractId, request)).payload);
const own = plain(2, { FreeBalance: { account: toHex(alice.id) } });

describe("query", () => {
  it("in plain text receives exactly the reply of 2020", () => {
    const { text: body } = initialized(start(), chain).call("query", input(plain(2, "TotalIssuance")));
    const inner = '{\\"TotalIssuance\\":{\\"total_issuance\\":\\"1024000000000000\\"}}';
    const payload = JSON.stringify({ Plain: JSON.parse(`"${inner}"`) as string });
    expect(JSON.parse(body)).toMatchObject({ payload, status: "ok" });
  });

  it("of a 2020 client is sealed and signed, and the reply is sealed to the client's key", () => {
    const started = initialized(start(), chain);
    const { ecdh_public_key } = started.call("get_info").payload as { ecdh_public_key: string };
    const worker = Uint8Array.from(Buffer.from(ecdh_public_key, "hex"));
    const { payload, session } = sealV1WithKey(
      portableCrypto,
      keyPair(9),
      utf8("twelve bytes"),
      worker,
      text(2, { FreeBalance: { account: toHex(alice.id) } }),
    );
    const reply = started.call("query", signedBy(alice, encodePayload(payload))).payload as {
      Cipher: { pubkey_b64: string };
    };
    expect(reply.Cipher.pubkey_b64).toBe(toBase64(worker));
    expect(openReply(session, decodeReply(JSON.stringify(reply)))).toBe(
      '{"FreeBalance":{"balance":"1024000000000000"}}',
    );
  });

  it("sealed with HPKE receives a reply sealed with HPKE", () => {
    const started = initialized(start(), chain);
    const status = started.call("get_status").payload as { query_key: { public_key: string } };
    const publicKey = Uint8Array.from(Buffer.from(status.query_key.public_key, "hex"));
    const [genesisHash, ephemeral] = [chain.at(0).hash, keyPair(9)];
    const text = encodeQueryV2({
      contractId: 2,
      request: "TotalIssuance",
      nonce: new Uint8Array(16),
      knownBlock: { number: 0, hash: genesisHash },
      issuedAt: 0,
      expiresAt: 5,
      expiresAtMs: 1n,
      seal: { genesisHash, queryKey: publicKey, enc: ephemeral.publicKey },
    });
    const content = encodeSignedQuery({ queryPayload: text, origin: undefined });
    const { payload, session } = sealQuery(portableCrypto, ephemeral, { genesisHash, publicKey }, content);
    const called = started.call("query", input(encodeQueryPayload(payload)));
    expect(Object.keys(called.payload)).toEqual(["SealedReply"]);
    expect(openReply(session, decodeReply(canonicalJson(called.payload)))).toBe(
      '{"Answer":{"TotalIssuance":{"total_issuance":"1024000000000000"}}}',
    );
    const other = { ...payload, keyId: new Uint8Array(8) };
    expect(started.call("query", input(encodeQueryPayload(other)))).toMatchObject({
      status: 409,
      code: "query/other-session",
    });
  });

  it("may omit origin", () =>
    expect(
      initialized(start(), chain).call("query", { query_payload: plain(2, "TotalIssuance") }).outcome,
    ).toBe("ok"));

  it.each([
    ["Bad signature or origin", "query/bad-encoding", signedBy(alice, own, { origin: "0x00" })],
    ["Bad signature or origin", "query/bad-encoding", signedBy(alice, own, { sig_b64: "!" })],
    ["Bad signature or origin", "query/bad-encoding", signedBy(alice, own, { sig_type: "rsa" })],
    ["Bad origin", "query/bad-origin", signedBy(alice, own, { origin: "0011" })],
    ["Verifying signature failed", "query/bad-signature", signedBy(bob, own, { origin: toHex(alice.id) })],
    ["Malformed request (Query)", "query/malformed", input('{"Plain":"?"}')],
    ["Malformed request (Query)", "query/malformed", input('{"Plain":"{}"}')],
    ["Malformed request (system::Request)", "query/bad-request", input(plain(0, "?"))],
    ["Malformed request (data_plaza::Request)", "query/bad-request", input(plain(1, { GetItems: 1 }))],
    ["Malformed request (balance::Request)", "query/bad-request", input(plain(2, "?"))],
    ["Malformed request (assets::Request)", "query/bad-request", input(plain(3, {}))],
  ])("%s", (message, code, asked) =>
    expect(initialized(start(), chain).call("query", asked)).toMatchObject({
      status: 200,
      outcome: "error",
      code,
      payload: { message },
    }),
  );

  it("to an unknown contract receives the payload null, as in 2020", () =>
    expect(initialized(start(), chain).call("query", input(plain(9, "?")))).toMatchObject({
      status: 200,
      outcome: "error",
      code: "query/no-contract",
      payload: null,
    }));

  it.each([
    ["json/missing-key", {}],
    ["json/wrong-type", input("{}", 7)],
    ["json/wrong-type", { query_payload: 7, origin: null }],
    ["json/missing-key", input("{}", { origin: "" })],
    ["json/bad-syntax", input("")],
    ["json/unknown-variant", input("{}")],
    [
      "channel/bad-iv",
      input(`{"Cipher":{"iv_b64":"","cipher_b64":"","pubkey_b64":"${toBase64(keyPair(9).publicKey)}"}}`),
    ],
    ["channel/bad-point", input('{"Cipher":{"iv_b64":"","cipher_b64":"","pubkey_b64":""}}')],
    ["json/unknown-variant", input('{"Sealed":{"enc_b64":"","cipher_b64":""}}')],
  ])("%s: refuses with a code an input on which 2020 panicked", (code, asked) =>
    expect(initialized(start(), chain).call("query", asked)).toMatchObject({ status: 400, code }),
  );
});
