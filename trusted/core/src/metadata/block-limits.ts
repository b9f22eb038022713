/**
 * How large the parts of a block can be, by the limits that the runtime publishes as `System.BlockLength` and
 * `System.BlockWeights`.
 */
import { ProtocolError } from "../errors/index.ts";
import { decodeValue } from "./decode-value.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { findConstant } from "./require.ts";
import { fieldOf, numberOf, type Value } from "./value.ts";

/** Upper bounds on the parts of a runtime's blocks. */
export interface BlockLimits {
  /** The size of all extrinsics together, in bytes. */
  readonly bodyBytes: number;
  /** The number of extrinsics. Each takes memory before the body can be checked against the header. */
  readonly extrinsics: number;
  /** The size of `System.Events`, in bytes. */
  readonly eventsBytes: number;
}

/**
 * A runtime charges at least a microsecond for each event that an extrinsic emits. Weights are in
 * picoseconds.
 */
const picosecondsPerEvent = 1_000_000;
/** The most bytes of an event, without the parts that repeat bytes of an extrinsic. */
const bytesPerEvent = 128;

/** No runtime executes an extrinsic in less than ten microseconds. */
const picosecondsPerExtrinsic = 10_000_000;

const mib = 1 << 20;
/**
 * The least that a worker accepts as a block's body, number of extrinsics, and events.
 * @limit bytes, extrinsics, bytes
 * @source Polkadot: three times the 5 MiB of its blocks, and the extrinsics that fit into its 2 s at 10 µs
 * each; the events are chosen
 * @past a runtime that publishes a smaller limit gets this one
 */
const least: BlockLimits = { bodyBytes: 16 * mib, extrinsics: 200_000, eventsBytes: 64 * mib };
/**
 * The most that a worker accepts as a block's body, number of extrinsics, and events.
 * @limit bytes, extrinsics, bytes
 * @source chosen: the memory of an enclave. A block's own limit follows from `System.BlockLength` and
 * `System.BlockWeights` and lies between these and the least
 * @past `dispatch/part-too-large`
 */
const most: BlockLimits = { bodyBytes: 128 * mib, extrinsics: 400_000, eventsBytes: 512 * mib };

/**
 * Bounds on the blocks of a runtime. The bounds are generous: no block of the runtime exceeds them unless the
 * limits that the runtime publishes are above `most`. A published limit that is absent or has an unknown
 * format counts as 0.
 */
export function blockLimitsOf(metadata: RuntimeMetadata): BlockLimits {
  const length = maxLength(systemConstant(metadata, "BlockLength"));
  const time = refTime(systemConstant(metadata, "BlockWeights"));
  return {
    bodyBytes: clamp("bodyBytes", length),
    extrinsics: clamp("extrinsics", Math.ceil(time / picosecondsPerExtrinsic)),
    eventsBytes: clamp("eventsBytes", Math.ceil(time / picosecondsPerEvent) * bytesPerEvent + 2 * length),
  };
}

function clamp(what: keyof BlockLimits, limit: number): number {
  return Math.min(most[what], Math.max(least[what], limit));
}

/** The largest length that `BlockLength` allows for any of the three classes of extrinsics. */
function maxLength(blockLength: Value): number {
  const classes = fieldOf(blockLength, "max");
  const lengths = ["normal", "operational", "mandatory"].map((name) => numberOf(fieldOf(classes, name)));
  return Math.max(...lengths);
}

/** The `ref_time` of `BlockWeights`. Until 2022, a weight was this number alone. */
function refTime(blockWeights: Value): number {
  const weight = fieldOf(blockWeights, "max_block");
  return numberOf(fieldOf(weight, "ref_time") ?? weight);
}

function systemConstant(metadata: RuntimeMetadata, name: string): Value {
  const constant = findConstant(metadata, "System", name);
  if (constant === undefined) return undefined;
  try {
    return decodeValue(metadata, constant.type, constant.value);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
