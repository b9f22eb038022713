/**
 * Measured-boot logs in TCG's crypto-agile format. Firmware writes such logs for TPMs and, on TDX, to the
 * ACPI table CCEL. Integers are little-endian. Replaying a log gives the values of the registers. If these
 * are the values in a quote, the digests of the events are authentic. The data of the events is not
 * authenticated.
 * @see https://trustedcomputinggroup.org/resource/pc-client-specific-platform-firmware-profile-specification/
 * (section 10)
 */
import { concat, equal, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeAll, type Reader } from "@pruntime/core/scale";

/** The reasons why {@link decodeTcgLog} and {@link replayTcgLog} reject a log. */
export type TcgErrorDetail =
  /**
   * The measured-boot log does not start with a list of its hash algorithms, is longer than 1 MiB, or states
   * a startup locality other than 0, 3 and 4.
   */
  | { readonly code: "tcg/bad-log"; readonly what: string }
  /**
   * An event does not have exactly one digest for each hash algorithm that the start of the log lists, or has
   * no digest for the hash algorithm of the replay.
   */
  | { readonly code: "tcg/bad-digests"; readonly event: number };

/** Thrown for a measured-boot log that cannot be read or replayed. */
export class TcgError extends ProtocolError<TcgErrorDetail> {}

/** The hash algorithm of a bank of registers. */
export type TcgBank = "sha256" | "sha384";

/** One event of a log. */
export interface TcgEvent {
  /** The number of the PCR. In a CCEL, 0 is MRTD, and 1 to 4 are RTMR 0 to 3. */
  readonly register: number;
  readonly type: number;
  readonly digests: Readonly<Partial<Record<TcgBank, Uint8Array>>>;
  readonly data: Uint8Array;
}

/**
 * A TCG event log.
 * @limit bytes
 * @source chosen: genuine logs are much smaller
 * @past `tcg/bad-log`
 */
const maxLength = 1024 * 1024;
const noAction = 3;
const banks: Readonly<Record<number, TcgBank>> = { 11: "sha256", 12: "sha384" };
const signature = utf8("Spec ID Event03\0");
const startupLocality = utf8("StartupLocality\0");

/** The length of a digest in bytes, by the number that TCG gives the hash algorithm. */
type Algorithms = ReadonlyMap<number, number>;

/**
 * Returns the events of a log, except the first event, which lists the hash algorithms.
 * @throws {@link TcgError}, CodecError
 */
export function decodeTcgLog(bytes: Uint8Array): readonly TcgEvent[] {
  if (bytes.length > maxLength) throw new TcgError({ code: "tcg/bad-log", what: "length" });
  return decodeAll(bytes, (r) => {
    const algorithms = readStart(r);
    const events: TcgEvent[] = [];
    while (r.left > 0) events.push(readEvent(r, algorithms, events.length));
    return events;
  });
}

/**
 * Reads the hash algorithms in the first event, which has the format of TPM 1.2: register, type, SHA-1, data.
 */
function readStart(r: Reader): Algorithms {
  const [register, type] = [r.u32(), r.u32()];
  if (type !== noAction || register > 1 || r.take(20).some((byte) => byte !== 0))
    throw new TcgError({ code: "tcg/bad-log", what: "first event" });
  return decodeAll(r.take(r.u32()), readAlgorithms);
}

function readAlgorithms(r: Reader): Algorithms {
  if (!equal(r.take(16), signature)) throw new TcgError({ code: "tcg/bad-log", what: "signature" });
  r.skip(4 + 4); // platform class, versions, width of integers
  const count = r.u32();
  if (count === 0 || count > 8) throw new TcgError({ code: "tcg/bad-log", what: "hashes" });
  const algorithms = new Map(Array.from({ length: count }, () => [r.u16(), r.u16()] as const));
  if (algorithms.size !== count) throw new TcgError({ code: "tcg/bad-log", what: "hashes" });
  r.skip(r.u8()); // vendor information
  return algorithms;
}

function readEvent(r: Reader, algorithms: Algorithms, event: number): TcgEvent {
  const [register, type] = [r.u32(), r.u32()];
  if (r.u32() !== algorithms.size) throw new TcgError({ code: "tcg/bad-digests", event });
  const digests = new Map<number, Uint8Array>();
  for (let i = 0; i < algorithms.size; i++) {
    const algorithm = r.u16();
    const length = algorithms.get(algorithm);
    if (length === undefined || digests.has(algorithm))
      throw new TcgError({ code: "tcg/bad-digests", event });
    digests.set(algorithm, r.take(length));
  }
  const known = [...digests].flatMap(([algorithm, digest]) => {
    const bank = banks[algorithm];
    return bank === undefined ? [] : [[bank, digest] as const];
  });
  return { register, type, digests: Object.fromEntries(known), data: r.take(r.u32()) };
}

const lengths: Readonly<Record<TcgBank, number>> = { sha256: 32, sha384: 48 };

/**
 * Replays a log and returns the value of each register that the log extends, by register number. Registers
 * start as zeros. If the log states the locality of `TPM2_Startup`, the last byte of register 0 starts as
 * that locality.
 * @throws {@link TcgError} `tcg/bad-digests` if an event has no digest for the bank; `tcg/bad-log` if the
 * locality is not 0, 3 or 4
 */
export function replayTcgLog(
  crypto: Pick<Crypto, TcgBank>,
  bank: TcgBank,
  log: readonly TcgEvent[],
): ReadonlyMap<number, Uint8Array> {
  const values = new Map<number, Uint8Array>();
  const start = (register: number): Uint8Array =>
    new Uint8Array(lengths[bank]).fill(register === 0 ? localityOf(log) : 0, -1);
  log.forEach(({ register, type, digests }, event) => {
    if (type === noAction) return;
    const digest = digests[bank];
    if (digest?.length !== lengths[bank]) throw new TcgError({ code: "tcg/bad-digests", event });
    values.set(register, crypto[bank](concat(values.get(register) ?? start(register), digest)));
  });
  return values;
}

/** Returns the locality in the log's first startup event, or 0 if the log has no startup event. */
function localityOf(log: readonly TcgEvent[]): number {
  const named = log.find(
    ({ type, data }) => type === noAction && equal(data.subarray(0, startupLocality.length), startupLocality),
  );
  if (named === undefined) return 0;
  const locality = named.data[startupLocality.length];
  if (named.data.length !== startupLocality.length + 1 || ![0, 3, 4].includes(locality as number))
    throw new TcgError({ code: "tcg/bad-log", what: "startup locality" });
  return locality as number;
}
