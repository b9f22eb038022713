import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { fromHex, fromUtf8, toBase64, utf8 } from "../../src/bytes/index.ts";
import {
  type CipherPayload,
  channelInfo,
  commandAad,
  decodePayload,
  decodeQueryPayload,
  decodeReply,
  encodePayload,
  encodeQueryPayload,
  encodeReply,
  ephemeralKey,
  leastBytes,
  openCommand,
  openQuery2020,
  openReply,
  openSealedQuery,
  type Payload,
  plainQuery,
  type QueryPayload,
  type QueryToSend,
  type Reply,
  type ReplyTo,
  type SealedReply,
  sealCommand,
  sealCommandWithKey,
  sealQuery,
  sealReply,
  sealV1,
  sealV1WithKey,
  setupBaseSender,
  unpad,
} from "../../src/channel/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { address, alice, binding, countingRandom, crypto, flip, iv, keyPair, worker } from "./parties.ts";

const text = '{"Transfer":{"dest":"00","value":"1"}}';
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const otherWorker = { ...worker, keyPair: keyPair(9) };
const otherChain = { ...worker, genesisHash: flip(worker.genesisHash) };

describe("commands", () => {
  const v2 = () => sealCommand(crypto, countingRandom(), address, binding, text);
  const v1 = () => sealV1(crypto, countingRandom(), address.publicKey, text).payload;

  it.each<[string, () => Payload]>([
    ["plain", () => ({ kind: "plain", text })],
    ["v1", v1],
    ["v2", v2],
  ])("%s opens to its text, also after the wire", (_, seal) => {
    expect(openCommand(crypto, worker, binding, seal())).toBe(text);
    expect(openCommand(crypto, worker, binding, decodePayload(encodePayload(seal())))).toBe(text);
  });

  it("any text can be sealed and opened, in v1 and v2", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (any) => {
        expect(
          openCommand(crypto, worker, binding, sealCommandWithKey(crypto, keyPair(3), address, binding, any)),
        ).toBe(any);
        expect(
          openCommand(
            crypto,
            worker,
            binding,
            sealV1WithKey(crypto, keyPair(3), iv, address.publicKey, any).payload,
          ),
        ).toBe(any);
      }),
      { numRuns: 10 },
    );
  });

  it("deterministic variants give the same bytes every time, random ones never do", () => {
    const random = countingRandom();
    expect(sealCommandWithKey(crypto, keyPair(3), address, binding, text)).toEqual(
      sealCommandWithKey(crypto, keyPair(3), address, binding, text),
    );
    expect(sealCommand(crypto, random, address, binding, text)).not.toEqual(
      sealCommand(crypto, random, address, binding, text),
    );
  });

  describe("v2 opens nowhere else (channel/bad-tag)", () => {
    it("another sender", () =>
      expect(() => openCommand(crypto, worker, { ...binding, sender: flip(binding.sender) }, v2())).toThrow(
        code("channel/bad-tag"),
      ));
    it("another contract", () =>
      expect(() => openCommand(crypto, worker, { ...binding, contractId: 3 }, v2())).toThrow(
        code("channel/bad-tag"),
      ));
    it("a contract id that differs in the highest byte", () =>
      expect(() => openCommand(crypto, worker, { ...binding, contractId: 0x0200_0002 }, v2())).toThrow(
        code("channel/bad-tag"),
      ));
    it("another worker", () =>
      expect(() => openCommand(crypto, otherWorker, binding, v2())).toThrow(code("channel/bad-tag")));
    it("another chain", () =>
      expect(() => openCommand(crypto, otherChain, binding, v2())).toThrow(code("channel/bad-tag")));
    it("as a query", () =>
      expect(() => openSealedQuery(crypto, worker, v2())).toThrow(code("channel/bad-tag")));
    it("with another ephemeral key", () =>
      expect(() => openCommand(crypto, worker, binding, { ...v2(), enc: keyPair(8).publicKey })).toThrow(
        code("channel/bad-tag"),
      ));
    it("changed or cut anywhere", () => {
      const sealed = v2();
      for (let i = 0; i < sealed.cipher.length; i += 5) {
        expect(() =>
          openCommand(crypto, worker, binding, { ...sealed, cipher: flip(sealed.cipher, i) }),
        ).toThrow(code("channel/bad-tag"));
        expect(() =>
          openCommand(crypto, worker, binding, { ...sealed, cipher: sealed.cipher.subarray(0, i) }),
        ).toThrow(code("channel/bad-tag"));
      }
    });
  });

  it("v1 opens for another sender: it binds nothing, as in 2020", () =>
    expect(openCommand(crypto, otherChain, { ...binding, sender: alice }, v1())).toBe(text));

  it("v1 changed or sealed to another key is channel/bad-tag", () => {
    expect(() => openCommand(crypto, otherWorker, binding, v1())).toThrow(code("channel/bad-tag"));
    expect(() => openCommand(crypto, worker, binding, { ...v1(), cipher: flip(v1().cipher) })).toThrow(
      code("channel/bad-tag"),
    );
    expect(() => openCommand(crypto, worker, binding, { ...v1(), iv: flip(v1().iv) })).toThrow(
      code("channel/bad-tag"),
    );
    expect(() => openCommand(crypto, worker, binding, { ...v1(), cipher: new Uint8Array() })).toThrow(
      code("channel/bad-tag"),
    );
  });

  it.each([0, 8, 11, 13, 16])("v1 with an IV of %d bytes is channel/bad-iv", (length) =>
    expect(() => openCommand(crypto, worker, binding, { ...v1(), iv: new Uint8Array(length) })).toThrow(
      code("channel/bad-iv"),
    ),
  );

  it("a key that is not a point is channel/bad-point, in v1 and v2", () => {
    for (const bad of [
      new Uint8Array(),
      new Uint8Array(65),
      flip(keyPair(4).publicKey, 64),
      keyPair(4).publicKey.subarray(0, 33),
    ]) {
      expect(() => openCommand(crypto, worker, binding, { ...v1(), publicKey: bad })).toThrow(
        code("channel/bad-point"),
      );
      expect(() => openCommand(crypto, worker, binding, { ...v2(), enc: bad })).toThrow(
        code("channel/bad-point"),
      );
      expect(() => sealV1(crypto, countingRandom(), bad, text)).toThrow(code("channel/bad-point"));
      expect(() =>
        sealCommand(crypto, countingRandom(), { ...address, publicKey: bad }, binding, text),
      ).toThrow(code("channel/bad-point"));
    }
  });

  it("v2 shows no length of a text below 253 bytes, and v1 shows every length", () => {
    const texts = ["", text, "x".repeat(252)];
    const v2Lengths = texts.map(
      (any) => sealCommandWithKey(crypto, keyPair(3), address, binding, any).cipher.length,
    );
    expect(v2Lengths).toEqual([272, 272, 272]);
    const v1Lengths = texts.map(
      (any) => sealV1WithKey(crypto, keyPair(3), iv, address.publicKey, any).payload.cipher.length,
    );
    expect(v1Lengths).toEqual([16, 16 + text.length, 268]);
  });

  it("v2 that was not padded is channel/bad-padding", () =>
    expect(() =>
      openCommand(crypto, worker, binding, { kind: "v2", ...unpadded("command", commandAad(binding)) }),
    ).toThrow(code("channel/bad-padding")));

  it("a plaintext that is not UTF-8 is bytes/bad-utf8", () => {
    const aead = crypto.aes256Gcm(keyPair(3).sharedX(address.publicKey) ?? new Uint8Array());
    const cipher = aead.seal(iv, Uint8Array.of(0xff), new Uint8Array());
    const payload: CipherPayload = { kind: "v1", iv, cipher, publicKey: keyPair(3).publicKey };
    expect(() => openCommand(crypto, worker, binding, payload)).toThrow(code("bytes/bad-utf8"));
  });
});

/** A message of channel v2 whose sender left out the padding. */
function unpadded(purpose: "command" | "query", aad: Uint8Array) {
  const context = setupBaseSender(crypto, address.publicKey, channelInfo(purpose, address), keyPair(3));
  return { enc: keyPair(3).publicKey, cipher: context.aead.seal(context.baseNonce, utf8(text), aad) };
}

describe("queries and their replies", () => {
  const seals: [string, () => QueryToSend<QueryPayload>][] = [
    ["plain", () => plainQuery(text)],
    ["v1", () => sealV1(crypto, countingRandom(), address.publicKey, text)],
    ["v2", () => sealQuery(crypto, keyPair(3), address, text)],
  ];
  const sealOf = (kind: string) => (seals.find(([name]) => name === kind) as (typeof seals)[number])[1]();
  const open = (payload: QueryPayload): { readonly text: string; readonly replyTo: ReplyTo } => {
    if (payload.kind !== "v2-query") return openQuery2020(crypto, worker.keyPair, payload);
    const { padded, replyTo } = openSealedQuery(crypto, worker, payload);
    return { text: fromUtf8(unpad(padded, leastBytes.query)), replyTo };
  };

  it.each(seals)("%s: a query opens, and its reply has the same kind and opens", (kind, seal) => {
    const { payload, session } = seal();
    const opened = open(decodeQueryPayload(encodeQueryPayload(payload)));
    expect(opened.text).toBe(text);
    const reply = sealReply(opened.replyTo, iv, "answer");
    expect(reply.kind).toBe(kind);
    expect(openReply(session, reply)).toBe("answer");
  });

  describe("v2 opens nowhere else (channel/bad-tag)", () => {
    const payload = () => sealQuery(crypto, keyPair(3), address, text).payload;
    it.each([
      ["another query key", () => openSealedQuery(crypto, otherWorker, payload())],
      ["another chain", () => openSealedQuery(crypto, otherChain, payload())],
      ["as a command", () => openCommand(crypto, worker, binding, { ...payload(), kind: "v2" })],
      ["changed", () => openSealedQuery(crypto, worker, { ...payload(), cipher: flip(payload().cipher) })],
    ])("%s", (_, opening) => expect(opening).toThrow(code("channel/bad-tag")));
  });

  it("v2 reply keys are not the request's key, and differ per query", () => {
    const first = sealQuery(crypto, keyPair(3), address, text);
    const second = sealQuery(crypto, keyPair(4), address, text);
    const reply = sealReply(open(first.payload).replyTo, iv, "answer");
    expect(openReply(first.session, reply)).toBe("answer");
    expect(() => openReply(second.session, reply)).toThrow(code("channel/bad-tag"));
    expect(() => openReply(first.session, { kind: "v2", iv, cipher: first.payload.cipher })).toThrow(
      code("channel/bad-tag"),
    );
  });

  it("v2 queries and replies show no length of a short text", () => {
    const queries = ["", text, "x".repeat(2_044)].map((any) => sealQuery(crypto, keyPair(3), address, any));
    expect(queries.map(({ payload }) => payload.cipher.length)).toEqual([2_064, 2_064, 2_064]);
    const { replyTo } = open(queries[0]!.payload);
    const replies = ["", "answer", "x".repeat(1_020)].map(
      (any) => sealReply(replyTo, iv, any) as SealedReply,
    );
    expect(replies.map(({ cipher }) => cipher.length)).toEqual([1_040, 1_040, 1_040]);
  });

  it("a v2 reply that was not padded is channel/bad-padding", () => {
    const aead = crypto.aes256Gcm(new Uint8Array(32));
    const reply: Reply = { kind: "v2", iv, cipher: aead.seal(iv, utf8("answer"), new Uint8Array()) };
    expect(() => openReply({ kind: "v2", aead }, reply)).toThrow(code("channel/bad-padding"));
  });

  it("v1 replies contain the worker's key and are sealed under the session's key", () => {
    const { payload, session } = sealV1WithKey(crypto, keyPair(3), iv, address.publicKey, text);
    const reply = sealReply(open(payload).replyTo, flip(iv), "answer") as CipherPayload;
    expect(reply.publicKey).toEqual(address.publicKey);
    expect(openReply(session, reply)).toBe("answer");
  });

  it("a v1 request sent back as its own reply is channel/reflected", () => {
    const { payload, session } = sealV1WithKey(crypto, keyPair(3), iv, address.publicKey, text);
    expect(() => openReply(session, payload)).toThrow(code("channel/reflected"));
  });

  it.each(seals.flatMap(([want]) => seals.filter(([have]) => have !== want).map(([have]) => [want, have])))(
    "a %s query answered as %s is channel/wrong-kind",
    (want = "", have = "") => {
      const { session } = sealOf(want);
      const reply = sealReply(open(sealOf(have).payload).replyTo, iv, "answer");
      expect(() => openReply(session, reply)).toThrow(code("channel/wrong-kind"));
    },
  );

  it.each(["v1", "v2"])("a %s reply that was changed does not open", (kind) => {
    const { payload, session } = sealOf(kind);
    const reply = sealReply(open(payload).replyTo, iv, "answer") as Exclude<Reply, { kind: "plain" }>;
    expect(() => openReply(session, { ...reply, cipher: flip(reply.cipher) })).toThrow(
      code("channel/bad-tag"),
    );
    expect(() => openReply(session, { ...reply, iv: flip(reply.iv) })).toThrow(code("channel/bad-tag"));
    expect(() => openReply(session, { ...reply, iv: reply.iv.subarray(1) })).toThrow(code("channel/bad-iv"));
  });

  it("a reply cannot be sealed under an IV of another length", () => {
    const replyTo: ReplyTo = open(sealOf("v2").payload).replyTo;
    expect(() => sealReply(replyTo, new Uint8Array(11), "answer")).toThrow(code("crypto/bad-length"));
  });
});

describe("the envelopes of an independent implementation", () => {
  const vector = vectors("channel/sealed.json");

  it("are reproduced byte for byte", () => {
    const command = sealCommandWithKey(crypto, keyPair(3), address, binding, vector.text);
    expect(encodePayload(command)).toBe(vector.command);
    const query = sealQuery(crypto, keyPair(3), address, vector.text);
    expect(encodeQueryPayload(query.payload)).toBe(vector.query);
    const v1 = sealV1WithKey(crypto, keyPair(3), iv, address.publicKey, vector.text).payload;
    expect(encodeQueryPayload(v1)).toBe(vector.v1);
    const { replyTo } = openSealedQuery(crypto, worker, query.payload);
    expect(encodeReply(sealReply(replyTo, iv, "answer"))).toBe(vector.reply);
  });

  it("open", () => {
    expect(openCommand(crypto, worker, binding, decodePayload(vector.command))).toBe(vector.text);
    expect(openCommand(crypto, worker, binding, decodePayload(vector.v1))).toBe(vector.text);
    const { session, payload } = sealQuery(crypto, keyPair(3), address, vector.text);
    expect(decodeQueryPayload(vector.query)).toEqual(payload);
    expect(fromUtf8(unpad(openSealedQuery(crypto, worker, payload).padded, leastBytes.query))).toBe(
      vector.text,
    );
    expect(openReply(session, decodeReply(vector.reply))).toBe("answer");
  });
});

describe("ephemeralKey", () => {
  it("draws again if a draw is not a valid scalar", () => {
    let draws = 0;
    const random = (length: number) => new Uint8Array(length).fill(draws++ === 0 ? 0 : 5);
    expect(ephemeralKey(crypto, random).publicKey).toEqual(keyPair(5).publicKey);
  });

  it("channel/bad-random if no draw is valid", () =>
    expect(() => ephemeralKey(crypto, (length) => new Uint8Array(length))).toThrow(
      code("channel/bad-random"),
    ));
});

describe("the recorded 2020 message", () => {
  recorded("opens, and seals to the same envelope", ({ files }) => {
    const file = files.json("phala/crypto/ecdh-p256-2020.json");
    const own = crypto.p256.keyPair(fromHex(file.private_key));
    if (own === undefined) throw new Error("no scalar");
    const payload = decodePayload(JSON.stringify(file.aead_DERIVED_BY_US.payload_json));
    const opened = openQuery2020(crypto, own, payload as CipherPayload);
    expect(opened.text).toBe(file.aead_DERIVED_BY_US.plaintext_utf8);
    const reply = sealReply(
      opened.replyTo,
      fromHex(file.aead_DERIVED_BY_US.iv),
      file.aead_DERIVED_BY_US.plaintext_utf8,
    );
    const expected = {
      ...file.aead_DERIVED_BY_US.payload_json.Cipher,
      pubkey_b64: toBase64(own.publicKey),
    };
    expect(JSON.parse(encodeReply(reply))).toEqual({ Cipher: expected });
  });
});
