import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  decodePayload,
  decodeQuery2020,
  decodeQueryPayload,
  decodeQueryV2,
  decodeReply,
  encodePayload,
  encodeQuery2020,
  encodeQueryPayload,
  encodeQueryV2,
  encodeReply,
  encodeSignedQuery,
  originClaim,
  readSignedQuery,
  verifyOrigin,
} from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { decodeJson } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { Broken, each, signaturesHeap, type Target, verdict } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();

/** Checks that a value, once encoded and decoded again, encodes to the same text. */
function stable<T>(value: T, encode: (value: T) => string, decode: (text: string) => T): T {
  const text = encode(value);
  if (encode(decode(text)) !== text) throw new Broken("the encoded text decodes to another value");
  return value;
}

const readQueryText = (text: string) => decodeJson(text, readSignedQuery);

export const target: Target = {
  leastHeap: signaturesHeap,
  words: [
    ...jsonWords,
    "Plain",
    "Cipher",
    "Sealed",
    "SealedQuery",
    "PruntimeQuery",
    "sr25519",
    "ed25519",
    "ecdsa",
    "eip191",
    "eip712",
    "origin",
    "AAAA",
    "=",
    "00",
  ],
  run: (input) =>
    each(input, {
      payload: (bytes) => stable(decodePayload(fromUtf8(bytes)), encodePayload, decodePayload),
      reply: (bytes) => stable(decodeReply(fromUtf8(bytes)), encodeReply, decodeReply),
      query: (bytes) =>
        stable(decodeQuery2020(fromUtf8(bytes)), encodeQuery2020, (text) => decodeQuery2020(text)),
      queryV2: (bytes) =>
        stable(decodeQueryV2(fromUtf8(bytes)), encodeQueryV2, (text) => decodeQueryV2(text)),
      queryPayload: (bytes) =>
        stable(decodeQueryPayload(fromUtf8(bytes)), encodeQueryPayload, decodeQueryPayload),
      signed: (bytes) => {
        const signed = stable(readQueryText(fromUtf8(bytes)), encodeSignedQuery, readQueryText);
        return [signed, verdict(() => verifyOrigin(crypto, signed))];
      },
    }),
  genuine: () => {
    const sealed = { enc: new Uint8Array(65).fill(4), cipher: new Uint8Array(40) };
    const v1 = {
      kind: "v1",
      iv: new Uint8Array(12),
      cipher: new Uint8Array(30),
      publicKey: new Uint8Array(65),
    } as const;
    const query = { contractId: 2, request: { FreeBalance: { account: "00" } } };
    const queryPayload = encodePayload({
      kind: "plain",
      text: encodeQuery2020({ ...query, nonce: 1 }),
    });
    const byKey = (["sr25519", "ed25519"] as const).map((scheme) => {
      const { id, sign } = signer("Alice", scheme);
      return [
        `signed-${scheme}`,
        utf8(encodeSignedQuery({ queryPayload, origin: originClaim(scheme, id, sign(utf8(queryPayload))) })),
      ];
    });
    const evm = portableCrypto.secp256k1.signer(new Uint8Array(32).fill(3));
    const ecdsa =
      evm &&
      originClaim(
        "ecdsa",
        evm.publicKey,
        Uint8Array.of(...evm.sign(crypto.blake2b256(utf8(queryPayload))), 0),
      );
    return {
      plain: utf8(queryPayload),
      v1: utf8(encodePayload(v1)),
      v2: utf8(encodePayload({ kind: "v2", ...sealed })),
      "reply-v2": utf8(encodeReply({ kind: "v2", iv: v1.iv, cipher: v1.cipher })),
      query: utf8(encodeQuery2020({ ...query, nonce: 1 })),
      "query-v2": utf8(
        encodeQueryV2({
          ...query,
          nonce: new Uint8Array(16),
          knownBlock: { number: 1, hash: new Uint8Array(32) },
          issuedAt: 2,
          expiresAt: 9,
          expiresAtMs: 1n,
          seal: { genesisHash: new Uint8Array(32), queryKey: new Uint8Array(65), enc: new Uint8Array(65) },
        }),
      ),
      "sealed-query": utf8(encodeQueryPayload({ kind: "v2-query", keyId: new Uint8Array(8), ...sealed })),
      "signed-ecdsa": utf8(encodeSignedQuery({ queryPayload, origin: ecdsa })),
      anonymous: utf8(encodeSignedQuery({ queryPayload, origin: undefined })),
      ...Object.fromEntries(byKey),
    };
  },
};
