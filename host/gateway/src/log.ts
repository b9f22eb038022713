import { type DestinationStream, type Logger, pino } from "pino";

export interface LogOptions {
  /** Default: `info`; `silent` writes nothing. */
  readonly level?: "debug" | "info" | "warn" | "error" | "silent";
  /** Where JSON lines go. Default: standard output. */
  readonly stream?: DestinationStream;
}

/**
 * The gateway's log. Nothing in the gateway hands it a body, a header or a URL; the redaction is for the day somebody does.
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

/** Name, code and place of an error: its message may quote what it was about. */
function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    code: "code" in error ? error.code : undefined,
    at: frames.slice(0, 8).map((line) => line.trim()),
  };
}
