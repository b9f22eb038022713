/** Estimates the memory that the entries of a state need, for the limit on the state. */
import { ExecutorError } from "../error.ts";

/**
 * The memory that an entry needs besides its path and value, in bytes: in the map of entries, and in the trie
 * of their MACs (measured: 1,240 bytes for an execution receipt, committed or not).
 */
const entryOverhead = 1_280;

/** The memory that an entry, or the deletion of an entry, needs. */
export function memoryOf(path: string, value: Uint8Array | undefined): number {
  return entryOverhead + path.length + (value?.length ?? 0);
}

/**
 * The host reads how much memory a full state needs, so the figure is a multiple of this length.
 * @format
 */
const shownStepBytes = 64 << 10;

/** Refuses a state that needs more than its budget. @throws {@link ExecutorError} `executor/state-full` */
export function assertFits(bytes: number, budget: number): void {
  if (bytes <= budget) return;
  const shown = Math.ceil(bytes / shownStepBytes) * shownStepBytes;
  throw new ExecutorError({ code: "executor/state-full", bytes: shown, budget });
}
