/**
 * The pipe between gateway and enclave. It transports frames of the form `length u32 LE ‖ message`. A message
 * is one kind byte, followed by SCALE fields. The gateway and the enclave share no objects, and exchange
 * nothing but these messages.
 *
 * | to the enclave | fields |
 * |---|---|
 * | 0 boot | settings, the stored blobs: `Vec<(key, bytes)>` |
 * | 1 call | id u32, action, other networks that wait u32, HTTP body |
 *
 * | from the enclave | fields |
 * |---|---|
 * | 0 ready | identity key, ECDH key, measurement, blobs to store |
 * | 1 reply | id u32, cost u8, status u16, code?, body, signed statement?, blobs to store and to delete |
 * | 2 log | level u8, code, facts: `Vec<(name, text)>` |
 * | 3 progress | id u32 |
 */
import { concat, fromUtf8, utf8 } from "@pruntime/core/bytes";
import { decodeAll, encode, type Reader, type Writer } from "@pruntime/core/scale";
import type { SignedStatement } from "@pruntime/core/statement";
import { FrameError } from "./error.ts";

/** A sealed blob that the gateway stores for the enclave under a name. */
export interface Blob {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** The operator's settings for the enclave. */
export interface EnclaveSettings {
  /** Whether the `test` action is served. */
  readonly devTest: boolean;
}

/** A message from the gateway to the enclave. */
export type ToEnclave = BootMessage | CallToEnclave;

/** The first message to the enclave. */
export interface BootMessage {
  readonly kind: "boot";
  readonly settings: EnclaveSettings;
  readonly blobs: readonly Blob[];
}

/** A call of an action. */
export interface CallToEnclave {
  readonly kind: "call";
  readonly id: number;
  readonly action: string;
  /** The number of networks, other than the caller's, that have calls of this kind waiting. */
  readonly waiting: number;
  readonly body: Uint8Array;
}

/** A call as the gateway sends it. */
export interface CallInParts extends Omit<CallToEnclave, "body"> {
  readonly body: BodyInParts;
}

/** A body in the parts in which it arrived. `length` is the number of bytes in all parts. */
export interface BodyInParts {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/** Returns a body that is in one piece. */
export function inOnePart(body: Uint8Array): BodyInParts {
  return { parts: [body], length: body.length };
}

/**
 * How much of the enclave's time a call took: at most 4 ms (0), 32 ms (1), 256 ms (2), or more (3). The
 * enclave states no finer figure, because it would show more of what is sealed.
 */
export type CostClass = 0 | 1 | 2 | 3;

/**
 * The result of a call. The gateway stores `puts` and deletes `drops` in one transaction before it answers
 * the caller.
 */
export interface EnclaveReply {
  readonly kind: "reply";
  readonly id: number;
  readonly cost: CostClass;
  /** HTTP status. */
  readonly status: number;
  /** The error's code, for the header and the metrics. */
  readonly code: string | undefined;
  /** JSON, UTF-8. */
  readonly body: Uint8Array;
  readonly statement: SignedStatement | undefined;
  readonly puts: readonly Blob[];
  readonly drops: readonly string[];
}

/** A log entry. It never contains a payload, a key or plaintext. */
export interface EnclaveLog {
  readonly kind: "log";
  readonly level: LogLevel;
  readonly code: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
}

/** Reports that the enclave has its keys and accepts calls. */
export interface EnclaveReady {
  readonly kind: "ready";
  readonly publicKey: Uint8Array;
  readonly ecdhPublicKey: Uint8Array;
  readonly measurement: Uint8Array;
  /**
   * Blobs to store before any call: the sealed identity and the mark of the highest final block, if the
   * worker has a chain but no stored identity.
   */
  readonly puts: readonly Blob[];
}

/** Reports that the enclave is working on a long call. The enclave sends it about once each second. */
export interface EnclaveProgress {
  readonly kind: "progress";
  /** The id of the call. */
  readonly id: number;
}

/** A message from the enclave to the gateway. */
export type FromEnclave = EnclaveReady | EnclaveReply | EnclaveLog | EnclaveProgress;

/** The severity of a log entry. `levels` lists the least severe first. */
export type LogLevel = (typeof levels)[number];

/**
 * A message between gateway and enclave, in either direction.
 * @limit bytes
 * @source the boot message with all of the operator's files fits
 * @past `frame/too-large`
 */
export const maxFrameBytes: number = 256 * 1024 * 1024;

const levels = ["debug", "info", "warn", "error"] as const;

/** Encodes a message to the enclave, without the length prefix of a frame. */
export function encodeToEnclave(message: ToEnclave): Uint8Array {
  if (message.kind === "call") return concat(callHead(message), message.body);
  return encode(message, (w, { settings, blobs }) => w.u8(0).bool(settings.devTest).vec(blobs, writeBlob));
}

/** The bytes of a call that precede its body. */
function callHead({ id, action, waiting, body }: CallToEnclave | CallInParts): Uint8Array {
  return encode(body.length, (w, length) => writeText(w.u8(1).u32(id), action).u32(waiting).compact(length));
}

/**
 * Decodes the bytes of {@link encodeToEnclave}.
 * @throws {@link FrameError} `frame/unknown-kind`; CodecError, BytesError
 */
export function decodeToEnclave(bytes: Uint8Array): ToEnclave {
  return decodeAll(bytes, (r): ToEnclave => {
    const kind = r.u8();
    if (kind === 0) return { kind: "boot", settings: { devTest: r.bool() }, blobs: r.vec(2, readBlob) };
    if (kind === 1)
      return { kind: "call", id: r.u32(), action: readText(r), waiting: r.u32(), body: r.vecU8() };
    throw new FrameError({ code: "frame/unknown-kind", kind });
  });
}

/** Encodes a message from the enclave, without the length prefix of a frame. */
export function encodeFromEnclave(message: FromEnclave): Uint8Array {
  return encode(message, (w, m) => {
    switch (m.kind) {
      case "ready":
        w.u8(0).vecU8(m.publicKey).vecU8(m.ecdhPublicKey).vecU8(m.measurement).vec(m.puts, writeBlob);
        break;
      case "reply":
        w.u8(1)
          .u32(m.id)
          .u8(m.cost)
          .u16(m.status)
          .option(m.code, writeText)
          .vecU8(m.body)
          .option(m.statement, writeStatement);
        w.vec(m.puts, writeBlob).vec(m.drops, writeText);
        break;
      case "log":
        writeText(w.u8(2).u8(levels.indexOf(m.level)), m.code).vec(m.facts, (out, [name, text]) =>
          writeText(writeText(out, name), text),
        );
        break;
      case "progress":
        w.u8(3).u32(m.id);
    }
  });
}

/**
 * Decodes the bytes of {@link encodeFromEnclave}.
 * @throws {@link FrameError} `frame/unknown-kind`; CodecError, BytesError
 */
export function decodeFromEnclave(bytes: Uint8Array): FromEnclave {
  return decodeAll(bytes, (r): FromEnclave => {
    const kind = r.u8();
    if (kind === 0)
      return {
        kind: "ready",
        publicKey: r.vecU8(),
        ecdhPublicKey: r.vecU8(),
        measurement: r.vecU8(),
        puts: r.vec(2, readBlob),
      };
    if (kind === 1) return readReply(r);
    if (kind === 2) return readLog(r);
    if (kind === 3) return { kind: "progress", id: r.u32() };
    throw new FrameError({ code: "frame/unknown-kind", kind });
  });
}

function readReply(r: Reader): EnclaveReply {
  return {
    kind: "reply",
    id: r.u32(),
    cost: readCost(r),
    status: r.u16(),
    code: r.option(readText),
    body: r.vecU8(),
    statement: r.option((s) => ({ bytes: s.vecU8(), signature: s.vecU8() })),
    puts: r.vec(2, readBlob),
    drops: r.vec(1, readText),
  };
}

function readCost(r: Reader): CostClass {
  const cost = r.u8();
  if (cost !== 0 && cost !== 1 && cost !== 2 && cost !== 3) throw r.badTag("CostClass", 4);
  return cost;
}

function readLog(r: Reader): EnclaveLog {
  const level = levels[r.u8()];
  if (level === undefined) throw r.badTag("LogLevel", levels.length);
  return {
    kind: "log",
    level,
    code: readText(r),
    facts: r.vec(2, (f) => [readText(f), readText(f)] as const),
  };
}

/** Makes a frame: prepends the message's length. @throws {@link FrameError} `frame/too-large` */
export function frame(message: Uint8Array): Uint8Array {
  return concat(prefixOf(message.length), message);
}

/**
 * The parts of a frame with a message to the enclave. The body of a call is neither joined nor copied: memory
 * for another copy of an operator's body of several megabytes makes the gateway collect garbage, which delays
 * the calls of others.
 * @throws {@link FrameError} `frame/too-large`
 */
export function framePartsOf(message: BootMessage | CallInParts): readonly Uint8Array[] {
  if (message.kind === "boot") return [frame(encodeToEnclave(message))];
  const head = callHead(message);
  return [concat(prefixOf(head.length + message.body.length), head), ...message.body.parts];
}

/** The length of a message, as the first bytes of its frame. */
function prefixOf(length: number): Uint8Array {
  if (length > maxFrameBytes) throw new FrameError({ code: "frame/too-large", length, limit: maxFrameBytes });
  return encode(length, (w, n) => w.u32(n));
}

/** Cuts a stream of chunks into messages. Each byte is copied once. */
export class FrameReader {
  readonly #prefix = new Uint8Array(4);
  #prefixLength = 0;
  #message: Uint8Array | undefined;
  #filled = 0;

  /** Returns the messages that `chunk` completes. @throws {@link FrameError} `frame/too-large` */
  push(chunk: Uint8Array): Uint8Array[] {
    const complete: Uint8Array[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#message === undefined ? this.#takePrefix(rest) : this.#takeBody(this.#message, rest);
      if (this.#message === undefined || this.#filled < this.#message.length) continue;
      complete.push(this.#message);
      this.#message = undefined;
      this.#prefixLength = 0;
    }
    return complete;
  }

  #takePrefix(chunk: Uint8Array): Uint8Array {
    const taken = Math.min(4 - this.#prefixLength, chunk.length);
    this.#prefix.set(chunk.subarray(0, taken), this.#prefixLength);
    this.#prefixLength += taken;
    if (this.#prefixLength === 4) {
      const length = new DataView(this.#prefix.buffer).getUint32(0, true);
      if (length > maxFrameBytes)
        throw new FrameError({ code: "frame/too-large", length, limit: maxFrameBytes });
      this.#message = new Uint8Array(length);
      this.#filled = 0;
    }
    return chunk.subarray(taken);
  }

  #takeBody(message: Uint8Array, chunk: Uint8Array): Uint8Array {
    const taken = Math.min(message.length - this.#filled, chunk.length);
    message.set(chunk.subarray(0, taken), this.#filled);
    this.#filled += taken;
    return chunk.subarray(taken);
  }
}

function writeText(w: Writer, text: string): Writer {
  return w.vecU8(utf8(text));
}

function readText(r: Reader): string {
  return fromUtf8(r.vecU8());
}

function writeBlob(w: Writer, { key, bytes }: Blob): void {
  writeText(w, key).vecU8(bytes);
}

function readBlob(r: Reader): Blob {
  return { key: readText(r), bytes: r.vecU8() };
}

function writeStatement(w: Writer, { bytes, signature }: SignedStatement): void {
  w.vecU8(bytes).vecU8(signature);
}
