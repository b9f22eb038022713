/**
 * The event log of a dstack guest. Registers 0 to 2 measure firmware and kernel. dstack itself extends
 * register 3 with the digest of each event, a SHA-384 hash. The digest of a version 1 event covers type (u32
 * LE) | ":" | name | ":" | payload. The digest of a version 2 event covers the canonical JSON of name,
 * payload and type. A replay authenticates digests only, so this file also computes the digest of each event
 * of register 3.
 * @see https://github.com/Dstack-TEE/dstack/blob/312dc605ebaaf93372534ffb135ea011533d28e9/dstack/cc-eventlog
 */
import { concat, equal, fromUtf8, toHex, utf8 } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  type JsonReader,
  jsonArray,
  jsonHex,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "../../json/index.ts";
import { encode } from "../../scale/index.ts";
import { evidenceLimits } from "../evidence/limits.ts";
import { DstackError } from "./error.ts";

/** One event of a log. */
export interface DstackEvent {
  /** The number of the register that the event extends. */
  readonly imr: number;
  readonly type: number;
  /** 48 bytes; `undefined` if the log leaves the digest empty, which is allowed for register 3 only. */
  readonly digest: Uint8Array | undefined;
  readonly name: string;
  readonly payload: Uint8Array;
  /** How dstack hashes the event. */
  readonly version: 1 | 2;
}

/** The register that dstack extends. */
const runtimeRegister = 3;

const limits: JsonLimits = { maxLength: evidenceLimits.eventLog, maxDepth: 3 };

const hexOf: JsonReader<Uint8Array> = (value, at) => {
  const text = jsonString()(value, at);
  return jsonHex(Math.floor(text.length / 2))(value, at);
};

const digest: JsonReader<Uint8Array | undefined> = (value: Json, at) =>
  value === "" ? undefined : jsonHex(48)(value, at);

const shape = jsonArray(
  jsonObject(
    {
      imr: jsonU32,
      event_type: jsonU32,
      digest,
      event: jsonString(256),
      event_payload: hexOf,
      version: jsonOptional(jsonU32),
    },
    "ignored",
  ),
  16 * 1024,
);

/** Reads the UTF-8 JSON of a log. @throws {@link DstackError}, JsonError, BytesError */
export function decodeDstackLog(bytes: Uint8Array): readonly DstackEvent[] {
  if (bytes.length > evidenceLimits.eventLog)
    throw new DstackError({
      code: "dstack/log-too-long",
      length: bytes.length,
      limit: evidenceLimits.eventLog,
    });
  return decodeJson(fromUtf8(bytes), shape, limits).map(
    ({ imr, event_type: type, digest, event: name, event_payload, version = 1 }, index) => {
      if (imr > runtimeRegister || (digest === undefined && imr !== runtimeRegister))
        throw new DstackError({ code: "dstack/bad-event", index });
      if (version !== 1 && version !== 2) throw new DstackError({ code: "dstack/bad-event", index });
      return { imr, type, digest, name, payload: event_payload, version };
    },
  );
}

/** The result of replaying a log. */
export interface ReplayedLog {
  /** Four registers, 48 bytes each. */
  readonly registers: readonly Uint8Array[];
  /** Events of register 3. Their payloads are authentic if the quote's register 3 has the replayed value. */
  readonly events: readonly DstackEvent[];
}

/**
 * Replays a log, starting from registers of zeros.
 * @throws {@link DstackError} `dstack/payload-mismatch`, `dstack/bad-event`
 */
export function replayDstackLog(crypto: Pick<Crypto, "sha384">, log: readonly DstackEvent[]): ReplayedLog {
  const registers: Uint8Array[] = Array.from({ length: 4 }, () => new Uint8Array(48));
  log.forEach((event, index) => {
    const digest =
      event.imr === runtimeRegister ? runtimeDigest(crypto, event, index) : (event.digest as Uint8Array);
    registers[event.imr] = crypto.sha384(concat(registers[event.imr] as Uint8Array, digest));
  });
  return { registers, events: log.filter(({ imr }) => imr === runtimeRegister) };
}

function runtimeDigest(crypto: Pick<Crypto, "sha384">, event: DstackEvent, index: number): Uint8Array {
  const { digest } = event;
  const computed = crypto.sha384(event.version === 1 ? preimageOf(event, index) : jsonPreimageOf(event));
  if (digest !== undefined && !equal(digest, computed))
    throw new DstackError({ code: "dstack/payload-mismatch", index });
  return computed;
}

/**
 * Returns the bytes that the digest of a version 1 event covers. A name must not contain a colon: otherwise
 * two pairs of name and payload could have the same digest.
 */
function preimageOf({ type, name, payload }: DstackEvent, index: number): Uint8Array {
  if (name.includes(":")) throw new DstackError({ code: "dstack/bad-event", index });
  const typeBytes = encode(type, (w, n) => w.u32(n));
  return concat(typeBytes, utf8(`:${name}:`), payload);
}

function jsonPreimageOf({ type, name, payload }: DstackEvent): Uint8Array {
  return utf8(canonicalJson({ name, payload: toHex(payload), type }));
}

/**
 * Returns the payloads, in hex and by event name, of the events that dstack itself logged. These are the
 * events up to and including `system-ready`, or all events if `system-ready` is missing. Later, the guest can
 * log events with any name.
 * @throws {@link DstackError} `dstack/duplicate-event`
 */
export function bootEvents(events: readonly DstackEvent[]): Readonly<Record<string, string>> {
  const ready = events.findIndex(({ name }) => name === "system-ready");
  const found = new Map<string, string>();
  for (const { name, payload } of ready < 0 ? events : events.slice(0, ready + 1)) {
    if (found.has(name)) throw new DstackError({ code: "dstack/duplicate-event", name });
    found.set(name, toHex(payload));
  }
  return Object.fromEntries(found);
}
