/**
 * The base class of all errors of the trusted tier. Each area declares a closed union of details, so a code
 * that is not declared does not compile. Details are data (offsets, numbers, public hashes), never a
 * sentence, a secret or a plaintext.
 */
export class ProtocolError<D extends ErrorDetail = ErrorDetail> extends Error {
  override readonly name: string = "ProtocolError";
  readonly detail: D;

  constructor(detail: D, options?: ErrorOptions) {
    super(detail.code, options);
    this.detail = detail;
  }

  get code(): D["code"] {
    return this.detail.code;
  }
}

/**
 * The details of an error. The `code` has the form `area/kebab-reason`, is stable, and is never reused for
 * another meaning.
 */
export interface ErrorDetail {
  readonly code: string;
}

/** Returns the code of an error with its facts. No fact is a secret or a plaintext. */
export function sentenceOf({ code, ...facts }: ErrorDetail): string {
  const shown = Object.entries(facts).flatMap(([name, value]: [string, unknown]) =>
    ["string", "number", "bigint"].includes(typeof value)
      ? [`${name} ${value === "" ? '""' : String(value)}`]
      : [],
  );
  return shown.length === 0 ? code : `${code}: ${shown.join(", ")}`;
}

/**
 * Returns whether a line of a stack trace is a frame, which names a place in the code. Lines of the message
 * may quote the data that the error was about.
 */
export function isStackFrame(line: string): boolean {
  return /^\s+at \S/.test(line);
}

/**
 * The place where an error was thrown: at most the eight innermost frames of its stack, without
 * the error's message.
 */
export function stackFrames({ stack = "" }: Error): readonly string[] {
  return stack
    .split("\n")
    .filter(isStackFrame)
    .slice(0, 8)
    .map((line) => line.trim());
}
