/**
 * Values that survive a reload of this tab, and end with the tab. They are stored as JSON in
 * `sessionStorage`. Keys, seeds and the content of files are never stored.
 */
import { effect, type Signal, signal } from "@preact/signals";

const prefix = "pruntime:";
const known = new Map<string, Signal<unknown>>();

/**
 * A signal whose value is kept for this tab. All callers with one name share the signal.
 * @param isValid rejects a stored value of another form, for example of an earlier version of the page
 */
export function kept<T>(name: string, initial: T, isValid: (stored: unknown) => stored is T): Signal<T> {
  const earlier = known.get(name);
  if (earlier !== undefined) return earlier as Signal<T>;
  const value = signal(stored(name, isValid) ?? initial);
  known.set(name, value as Signal<unknown>);
  effect(() => store(name, JSON.stringify(value.value)));
  return value;
}

/** A text that is kept for this tab. */
export function keptText(name: string, initial = ""): Signal<string> {
  return kept(name, initial, (value): value is string => typeof value === "string");
}

/** Deletes everything that this tab kept, and loads the page again. */
export function forgetAll(): void {
  known.clear();
  globalThis.sessionStorage.clear();
  globalThis.location.reload();
}

function stored<T>(name: string, isValid: (stored: unknown) => stored is T): T | undefined {
  try {
    const value: unknown = JSON.parse(globalThis.sessionStorage.getItem(prefix + name) ?? "null");
    return isValid(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isBlocked(error)) return undefined;
    throw error;
  }
}

function store(name: string, text: string): void {
  try {
    globalThis.sessionStorage.setItem(prefix + name, text);
  } catch (error) {
    if (!isBlocked(error)) throw error; // full or switched off: the value lasts as long as the page
  }
}

function isBlocked(error: unknown): boolean {
  return error instanceof DOMException || error instanceof ReferenceError || error instanceof TypeError;
}
