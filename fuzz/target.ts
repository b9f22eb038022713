/** The interface of a fuzz target, and functions that targets share. */
import { equal } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";

/** A decoder or verifier, or several that read the same format. */
export interface Target {
  /**
   * Reads one input. Two runs of the same input must have equal results.
   * @throws ProtocolError to refuse the input; {@link Broken} if a property of the target does not hold; any
   * other error is also a finding
   */
  readonly run: (input: Uint8Array) => unknown;
  /** Makes genuine inputs by name, for `--corpus`. The engine itself reads genuine inputs from `corpus/`. */
  readonly genuine: () => Genuine | Promise<Genuine>;
  /** Texts that mutations insert. */
  readonly words?: readonly string[];
  /**
   * The bytes of heap that even the shortest input may need. Longer inputs may need more. Default: 8 MiB.
   * Targets that start a worker or verify signatures set a higher value.
   */
  readonly leastHeap?: number;
  /** The length of the longest input in bytes; 16 KiB by default. */
  readonly maxLength?: number;
}

/**
 * `leastHeap` for targets that verify signatures in portable code, whose big integers leave about a megabyte
 * of garbage for each signature.
 */
export const signaturesHeap: number = 32 * 1024 * 1024;

export type Genuine = Readonly<Record<string, Uint8Array>>;

/** A property that an input broke. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** Checks that an accepted value encodes to exactly this input. No value then has a second encoding. */
export function canonical<T>(input: Uint8Array, value: T, encode: (value: T) => Uint8Array): T {
  if (!equal(encode(value), input)) throw new Broken("an accepted input encodes to other bytes");
  return value;
}

/** Returns the value that `read` returns, or the code with which it refuses. */
export function verdict(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `refused: ${(error as ProtocolError).code}`;
  }
}

/**
 * Returns the answers of all readers that accept an input. Use it for inputs that do not state their own
 * kind. If all readers refuse the input, the first refusal is thrown.
 */
export function each(
  input: Uint8Array,
  readers: Readonly<Record<string, (input: Uint8Array) => unknown>>,
): readonly unknown[] {
  let refusal: unknown;
  const answers: unknown[] = [];
  for (const [name, read] of Object.entries(readers)) {
    try {
      answers.push([name, read(input)]);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      refusal ??= error;
    }
  }
  if (answers.length === 0) throw refusal;
  return answers;
}

/** Reads an input whose first byte chooses the reader of the rest. */
export function chosen(input: Uint8Array, readers: readonly ((rest: Uint8Array) => unknown)[]): unknown {
  const [choice = 0] = input;
  return readers[choice % readers.length]?.(input.subarray(1));
}
