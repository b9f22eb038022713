import { concat, utf8 } from "@pruntime/core/bytes";
import {
  channelInfo,
  encodeFileText,
  encodeSignedQuery,
  fileMark,
  openCommand,
  openFile,
  openQuery2020,
  openReply,
  openSealedQuery,
  originClaim,
  type Payload,
  pad,
  sealCommandWithKey,
  sealQuery,
  sealReply,
  sealV1WithKey,
  setupBaseSender,
} from "@pruntime/core/channel";
import { decodeAll, encode, type Reader } from "@pruntime/core/scale";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { address, binding, iv, keyPair, worker } from "../../trusted/core/test/channel/parties.ts";
import { Broken, each, signaturesHeap, type Target } from "../target.ts";

const crypto = await createNativeCrypto();
const client = keyPair(200);
const owner = crypto.secp256k1.signer(new Uint8Array(32).fill(7));

const path = "/ipfs/people";

/** Opens a sealed file whose content is this input. */
function openContent(content: Uint8Array): unknown {
  const { aead, baseNonce } = setupBaseSender(
    crypto,
    address.publicKey,
    channelInfo("file", address),
    client,
  );
  const cipher = aead.seal(baseNonce, content, new Uint8Array());
  return openFile(crypto, worker, path, concat(fileMark, client.publicKey, cipher));
}

/** The content of a sealed file: the owner's signed text and the padded file. */
function fileContent(): Uint8Array {
  if (owner === undefined) throw new Broken("no scalar");
  const queryPayload = encodeFileText({ kind: "query", path, worker: address, enc: client.publicKey });
  const origin = originClaim(
    "ecdsa",
    owner.publicKey,
    owner.signRecoverable(crypto.blake2b256(utf8(queryPayload))),
  );
  const text = encode(utf8(encodeSignedQuery({ queryPayload, origin })), (w, bytes) => w.vecU8(bytes));
  return concat(text, pad(utf8("phone\n1\n"), 0));
}

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

/**
 * Opens envelopes and files as the worker does. The sealed reply to a v1 query must open to the same text.
 */
export const target: Target = {
  leastHeap: signaturesHeap,
  run: (input) => {
    if (input[0] === 2) return openContent(input.slice(1));
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
    file: concat(Uint8Array.of(2), fileContent()),
    query: bytesOf({ ...sealQuery(crypto, client, address, '{"Transfer":{}}').payload, kind: "v2" }),
  }),
};
