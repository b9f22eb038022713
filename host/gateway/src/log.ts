import { stackFrames } from "@pruntime/core/errors";
import { type DestinationStream, type Logger, pino } from "pino";

/** How much the gateway logs, and where the log goes. */
export interface LogOptions {
  /** The lowest level that is logged; `silent` logs nothing. Default: `info`. */
  readonly level?: "debug" | "info" | "warn" | "error" | "silent";
  /** Receives the JSON lines. Default: standard output. */
  readonly stream?: DestinationStream;
}

/**
 * Opens the gateway's log. No caller logs a body, a header or a URL; redaction is a second line of defence.
 */
export function openLog({ level = "info", stream }: LogOptions): Logger {
  const redact = {
    paths: [
      "req",
      "res",
      "headers",
      "body",
      "payload",
      "authorization",
      "*.headers",
      "*.body",
      "*.authorization",
    ],
    remove: true,
  };
  const options = { level, redact, base: null, serializers: { err: errorFacts } };
  return stream === undefined ? pino(options) : pino(options, stream);
}

/**
 * Returns the name, code and stack frames of an error, but not its message, because a message may quote a
 * request.
 */
function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    code: "code" in error ? error.code : undefined,
    at: stackFrames(error),
  };
}
