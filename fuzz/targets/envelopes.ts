import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  decodePayload,
  decodeQuery,
  decodeReply,
  encodePayload,
  encodeQuery,
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
        stable(decodeQuery("v1", fromUtf8(bytes)), encodeQuery, (text) => decodeQuery("v1", text)),
      queryV2: (bytes) =>
        stable(decodeQuery("v2", fromUtf8(bytes)), encodeQuery, (text) => decodeQuery("v2", text)),
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
      text: encodeQuery({ ...query, kind: "2020", nonce: 1 }),
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
      query: utf8(encodeQuery({ ...query, kind: "2020", nonce: 1 })),
      "query-v2": utf8(encodeQuery({ ...query, kind: "v2", nonce: new Uint8Array(16), expiresAt: 9 })),
      "signed-ecdsa": utf8(encodeSignedQuery({ queryPayload, origin: ecdsa })),
      anonymous: utf8(encodeSignedQuery({ queryPayload, origin: undefined })),
      ...Object.fromEntries(byKey),
    };
  },
};
