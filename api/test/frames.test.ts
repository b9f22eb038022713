import {
  type BootMessage,
  type CallInParts,
  type CallToEnclave,
  decodeFromEnclave,
  decodeToEnclave,
  encodeFromEnclave,
  encodeToEnclave,
  FrameReader,
  type FromEnclave,
  frame,
  framePartsOf,
  maxFrameBytes,
  type ToEnclave,
} from "@pruntime/api";
import { describe, expect, it } from "vitest";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const toEnclave: ToEnclave[] = [
  { kind: "boot", settings: { devTest: true }, blobs: [{ key: "identity", bytes: bytes(1, 2) }] },
  { kind: "call", id: 7, action: "get_info", waiting: 3, body: bytes(123, 125) },
];
const fromEnclave: FromEnclave[] = [
  { kind: "ready", publicKey: bytes(2), ecdhPublicKey: bytes(4), measurement: bytes(9), puts: [] },
  {
    kind: "reply",
    id: 7,
    cost: 3,
    status: 400,
    code: "json/bad-syntax",
    body: bytes(1),
    statement: { bytes: bytes(5), signature: bytes(6) },
    puts: [{ key: "a", bytes: bytes() }],
    drops: ["b"],
  },
  {
    kind: "reply",
    id: 0,
    cost: 0,
    status: 200,
    code: undefined,
    body: bytes(),
    statement: undefined,
    puts: [],
    drops: [],
  },
  { kind: "log", level: "warn", code: "enclave/x", facts: [["block", "12"]] },
];

/** A message as the gateway sends it, with the body of a call in parts of one byte. */
function inParts(message: ToEnclave): BootMessage | CallInParts {
  if (message.kind === "boot") return message;
  const parts = [...message.body].map((byte) => bytes(byte));
  return { ...message, body: { parts, length: parts.length } };
}

describe("messages", () => {
  it.each(toEnclave)("to the enclave survive encoding and decoding: $kind", (message) =>
    expect(decodeToEnclave(encodeToEnclave(message))).toEqual(message),
  );
  it.each(fromEnclave)("from the enclave survive encoding and decoding: $kind", (message) =>
    expect(decodeFromEnclave(encodeFromEnclave(message))).toEqual(message),
  );

  it.each(toEnclave)("to the enclave have the same frame in parts: $kind", (message) =>
    expect(Buffer.concat(framePartsOf(inParts(message)))).toEqual(
      Buffer.from(frame(encodeToEnclave(message))),
    ),
  );

  it("share the parts of a call's body with the parts of its frame", () => {
    const parts = [bytes(123), bytes(125)];
    const [, ...sent] = framePartsOf({ ...(toEnclave[1] as CallToEnclave), body: { parts, length: 2 } });
    expect(sent.map((part, i) => part === parts[i])).toEqual([true, true]);
  });

  it("of an unknown kind are refused", () => {
    expect(() => decodeToEnclave(bytes(9))).toThrow("frame/unknown-kind");
    expect(() => decodeFromEnclave(bytes(9))).toThrow("frame/unknown-kind");
  });

  it("with an unknown class of cost are refused", () => {
    const reply = encodeFromEnclave(fromEnclave[2] as FromEnclave);
    expect(() => decodeFromEnclave(Uint8Array.from(reply).fill(4, 5, 6))).toThrow("codec/bad-tag");
  });

  it("with trailing bytes are refused", () =>
    expect(() =>
      decodeToEnclave(Uint8Array.from([...encodeToEnclave(toEnclave[1] as ToEnclave), 0])),
    ).toThrow("codec/trailing"));
});

describe("FrameReader", () => {
  const messages = [bytes(), bytes(1), new Uint8Array(300).fill(7)];
  const stream = Uint8Array.from(messages.flatMap((message) => [...frame(message)]));

  it.each([1, 3, 5, 1000])("cuts a stream of %i-byte chunks into messages", (size) => {
    const reader = new FrameReader();
    const seen: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size)
      seen.push(...reader.push(stream.subarray(at, at + size)));
    expect(seen).toEqual(messages);
  });

  it("refuses a frame with an excessive length before it allocates memory", () => {
    const prefix = new Uint8Array(4);
    new DataView(prefix.buffer).setUint32(0, maxFrameBytes + 1, true);
    expect(() => new FrameReader().push(prefix)).toThrow("frame/too-large");
  });
});
