/** What a fuzz target is, and words that targets share. */
import { equal } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";

/** One decoder or verifier, or a few that read the same thing. */
export interface Target {
  /**
   * Takes one input. What it answers is compared with what it answers the second time.
   * @throws ProtocolError to refuse; {@link Broken} when a property of its own does not hold; anything else
   * is a finding, too
   */
  readonly run: (input: Uint8Array) => unknown;
  /** Genuine inputs by name, for `--corpus`. The engine itself reads them from `corpus/`. */
  readonly genuine: () => Genuine | Promise<Genuine>;
  /** Texts that mutations paste in. */
  readonly words?: readonly string[];
  /**
   * Bytes of heap that any input may take, beside its share by length: 8 MiB by default, more where a run
   * starts a worker or verifies signatures.
   */
  readonly leastHeap?: number;
  /** Longest input in bytes; 16 KiB by default. */
  readonly maxLength?: number;
}

/**
 * `leastHeap` where portable signatures are verified: their big integers leave about a megabyte of garbage
 * each.
 */
export const signaturesHeap: number = 32 * 1024 * 1024;

export type Genuine = Readonly<Record<string, Uint8Array>>;

/** A property that an input broke. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** What is accepted has one encoding: this input. */
export function canonical<T>(input: Uint8Array, value: T, encode: (value: T) => Uint8Array): T {
  if (!equal(encode(value), input)) throw new Broken("an accepted input encodes to other bytes");
  return value;
}

/** A value, or the code it is refused with. */
export function verdict(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `refused: ${(error as ProtocolError).code}`;
  }
}

/**
 * What all readers say of one input, for inputs whose kind is not part of them. Refused by all, it is refused
 * as the first refuses it.
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

/** An input whose first byte chooses the reader of the rest. */
export function chosen(input: Uint8Array, readers: readonly ((rest: Uint8Array) => unknown)[]): unknown {
  const [choice = 0] = input;
  return readers[choice % readers.length]?.(input.subarray(1));
}
