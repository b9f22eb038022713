/**
 * The one error class of the trusted tier. Each area declares a closed union of details, so a code that is
 * not declared does not compile. The context is data (offsets, numbers, public hashes), never a sentence, a
 * secret or a plaintext.
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

/** What every error carries: a stable `area/kebab-reason` code, never reused for another meaning. */
export interface ErrorDetail {
  readonly code: string;
}

/**
 * Whether a line of a stack trace names a place in the code. Other lines may quote the data that the error
 * was about.
 */
export function isStackFrame(line: string): boolean {
  return /^\s+at \S/.test(line);
}

/** Where an error was thrown: its innermost eight stack frames, without its message. */
export function stackFrames({ stack = "" }: Error): readonly string[] {
  return stack
    .split("\n")
    .filter(isStackFrame)
    .slice(0, 8)
    .map((line) => line.trim());
}
