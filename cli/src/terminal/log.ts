/** The log on standard error: lines for people on a terminal, and lines of JSON anywhere else. */
import { visibleText } from "@pruntime/core/bytes";
import { errorsOnTerminal, standardError } from "./print.ts";

/** The levels of the log, with the numbers that pino gives them. */
const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

/** The lowest level that is logged. */
export type LogLevel = keyof typeof levels;

/** The levels, from the most severe. */
export const logLevels: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** How a line of the log looks. */
export type LogFormat = "human" | "json";

/** How much is logged, and in which format. Without a format, a terminal gets lines for people. */
export interface LogFlags {
  readonly logLevel: LogLevel;
  readonly logFormat?: LogFormat;
}

/** The log of one process, to which several parts write. */
export interface Log {
  readonly level: LogLevel;
  /** Writes lines that pino has made. */
  readonly write: (lines: string) => void;
  /** Writes one line, if its level is logged. */
  readonly say: (level: LogLevel, msg: string, facts?: object) => void;
}

/** Opens the log. `output` receives whole lines. */
export function openLog(
  { logLevel, logFormat = errorsOnTerminal() ? "human" : "json" }: LogFlags,
  output: { readonly write: (text: string) => void } = standardError,
): Log {
  const write = (lines: string): void =>
    output.write(logFormat === "json" ? lines : lines.replace(/[^\n]+/g, humanLine));
  return {
    level: logLevel,
    write,
    say: (level, msg, facts = {}) => {
      if (levels[level] < levels[logLevel]) return;
      write(`${JSON.stringify({ level: levels[level], time: Date.now(), ...facts, msg })}\n`);
    },
  };
}

/**
 * Rewrites a line of JSON: the time, the level, the message and the facts. Line breaks in them are escaped,
 * so that text of others cannot begin a line.
 */
function humanLine(json: string): string {
  const { level, time, msg, ...facts } = JSON.parse(json) as Record<string, unknown>;
  const [name = "fatal"] = Object.entries(levels).find(([, number]) => number === level) ?? [];
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const named = Object.entries(facts).map(
    ([fact, value]) => ` ${fact}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return visibleText(`${clock} ${name.padEnd(5)} ${String(msg)}${named.join("")}`);
}
