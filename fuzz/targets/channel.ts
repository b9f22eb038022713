import {
  openCommand,
  openQuery2020,
  openReply,
  openSealedQuery,
  type Payload,
  sealCommandWithKey,
  sealQuery,
  sealReply,
  sealV1WithKey,
} from "@pruntime/core/channel";
import { decodeAll, encode, type Reader } from "@pruntime/core/scale";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { address, binding, iv, keyPair, worker } from "../../trusted/core/test/channel/parties.ts";
import { Broken, each, type Target } from "../target.ts";

const crypto = await createNativeCrypto();
const client = keyPair(200);

function readPayload(r: Reader): Payload {
  const kind = r.u8();
  if (kind === 0) return { kind: "v1", iv: r.vecU8(), cipher: r.vecU8(), publicKey: r.vecU8() };
  if (kind === 1) return { kind: "v2", enc: r.vecU8(), cipher: r.vecU8() };
  throw r.badTag("payload", kind);
}

function bytesOf(payload: Payload): Uint8Array {
  return encode(payload, (w, p) => {
    if (p.kind === "v1") w.u8(0).vecU8(p.iv).vecU8(p.cipher).vecU8(p.publicKey);
    else if (p.kind === "v2") w.u8(1).vecU8(p.enc).vecU8(p.cipher);
  });
}

/** Opens envelopes as the worker does. The sealed reply to a v1 query must open to the same text. */
export const target: Target = {
  run: (input) => {
    const payload = decodeAll(input, readPayload);
    return each(input, {
      command: () => openCommand(crypto, worker, binding, payload),
      query: () => {
        if (payload.kind === "v2") return openSealedQuery(crypto, worker, payload).padded;
        const { text, replyTo } = openQuery2020(crypto, worker.keyPair, payload);
        const reply = sealReply(replyTo, iv, text);
        if (replyTo.kind === "v1" && reply.kind === "v1") {
          const opened = openReply({ kind: "v1", aead: replyTo.aead, requestIv: new Uint8Array() }, reply);
          if (opened !== text) throw new Broken("the reply opens to another text");
        }
        return [text, reply];
      },
    });
  },
  genuine: () => ({
    v1: bytesOf(sealV1WithKey(crypto, client, iv, address.publicKey, '{"Transfer":{}}').payload),
    "v1-empty": bytesOf(sealV1WithKey(crypto, client, iv, address.publicKey, "").payload),
    command: bytesOf(sealCommandWithKey(crypto, client, address, binding, '{"Transfer":{}}')),
    query: bytesOf({ ...sealQuery(crypto, client, address, '{"Transfer":{}}').payload, kind: "v2" }),
  }),
};
