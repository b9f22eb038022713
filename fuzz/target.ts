/** The interface of a fuzz target, and what targets share. */
import { equal } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";

/** One decoder or verifier, or several that read the same format. */
export interface Target {
  /**
   * Reads one input. The two answers to an input must be equal.
   * @throws ProtocolError to refuse the input; {@link Broken} if a property of the target does not hold; any
   * other error is a finding, too
   */
  readonly run: (input: Uint8Array) => unknown;
  /** Genuine inputs by name, for `--corpus`. The engine itself reads them from `corpus/`. */
  readonly genuine: () => Genuine | Promise<Genuine>;
  /** Texts that mutations paste in. */
  readonly words?: readonly string[];
  /**
   * The bytes of heap that any input may need, beyond its share by length. 8 MiB by default; more for runs
   * that start a worker or verify signatures.
   */
  readonly leastHeap?: number;
  /** Longest input in bytes; 16 KiB by default. */
  readonly maxLength?: number;
}

/**
 * `leastHeap` for targets that verify portable signatures, whose big integers leave about a megabyte of
 * garbage each.
 */
export const signaturesHeap: number = 32 * 1024 * 1024;

export type Genuine = Readonly<Record<string, Uint8Array>>;

/** A property that an input broke. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** Checks that an accepted value has only one encoding, this input. */
export function canonical<T>(input: Uint8Array, value: T, encode: (value: T) => Uint8Array): T {
  if (!equal(encode(value), input)) throw new Broken("an accepted input encodes to other bytes");
  return value;
}

/** The value, or the code of the refusal. */
export function verdict(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `refused: ${(error as ProtocolError).code}`;
  }
}

/**
 * The answers of all readers to one input that does not name its own kind. If all refuse it, the first
 * refusal is thrown.
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
