import {
  decodeFromEnclave,
  decodeToEnclave,
  encodeFromEnclave,
  encodeToEnclave,
  FrameReader,
  type FromEnclave,
  frame,
  type ToEnclave,
} from "@pruntime/api";
import { concat, utf8 } from "@pruntime/core/bytes";
import { canonical, each, type Target } from "../target.ts";

const toEnclave: readonly ToEnclave[] = [
  { kind: "boot", settings: { devTest: true }, blobs: [{ key: "identity", bytes: new Uint8Array(40) }] },
  { kind: "call", id: 7, action: "get_info", waiting: 3, body: utf8('{"input":{},"nonce":{}}') },
];
const statement = { bytes: new Uint8Array(241), signature: new Uint8Array(64) };
const puts = [{ key: "init", bytes: new Uint8Array(9) }];
const fromEnclave: readonly FromEnclave[] = [
  {
    kind: "ready",
    publicKey: new Uint8Array(33),
    ecdhPublicKey: new Uint8Array(65),
    measurement: new Uint8Array(32),
    puts,
  },
  {
    kind: "reply",
    id: 7,
    cost: 1,
    status: 400,
    code: "json/bad-syntax",
    body: utf8("{}"),
    statement,
    puts,
    drops: ["data/00"],
  },
  { kind: "log", level: "warn", code: "enclave/left-out", facts: [["key", "data/00"]] },
];

/**
 * Reads the stream in three chunks. The target skips streams with a length prefix between 1 MiB and 256 MiB,
 * because the reader allocates a frame as soon as its prefix arrives. The reader refuses longer frames.
 */
function cut(stream: Uint8Array): unknown {
  const reader = new FrameReader();
  const [a, b] = [Math.floor(stream.length / 3), Math.floor(stream.length / 2)];
  const chunks = [stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)];
  return chunks.flatMap((chunk) => reader.push(chunk));
}

function prefixesAreSmall(stream: Uint8Array): boolean {
  for (let at = 0; at + 4 <= stream.length; ) {
    const length = new DataView(stream.buffer, stream.byteOffset).getUint32(at, true);
    if (length > 1 << 20 && length <= 256 << 20) return false;
    at += 4 + length;
  }
  return true;
}

export const target: Target = {
  run: (input) =>
    each(input, {
      to: (bytes) => canonical(bytes, decodeToEnclave(bytes), encodeToEnclave),
      from: (bytes) => canonical(bytes, decodeFromEnclave(bytes), encodeFromEnclave),
      stream: (bytes) => (prefixesAreSmall(bytes) ? cut(bytes) : undefined),
    }),
  genuine: () => ({
    ...Object.fromEntries(
      [...toEnclave.map(encodeToEnclave), ...fromEnclave.map(encodeFromEnclave)].map((bytes, i) => [
        `message-${i}`,
        bytes,
      ]),
    ),
    stream: concat(...toEnclave.map((message) => frame(encodeToEnclave(message)))),
  }),
};
