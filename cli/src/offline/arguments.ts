/**
 * Reads the arguments of the offline commands. Each reader throws `cli/bad-argument` with the accepted
 * values.
 */
import { BytesError, from0x } from "@pruntime/core/bytes";
import { CliError } from "../error.ts";

/** Reads hex after `0x`. @param length in bytes */
export function hexArgument(name: string, text: string, length?: number): Uint8Array {
  const want = `${length === undefined ? "" : `${length} bytes of `}hex after 0x`;
  try {
    const bytes = from0x(text);
    if (length !== undefined && bytes.length !== length)
      throw new CliError({ code: "cli/bad-argument", name, want });
    return bytes;
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause;
    throw new CliError({ code: "cli/bad-argument", name, want }, { cause });
  }
}

/** Reads an authority set id. */
export function setIdArgument(text: string): bigint {
  const value = /^[0-9]{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value >> 64n !== 0n)
    throw new CliError({ code: "cli/bad-argument", name: "--set-id", want: "a whole number below 2^64" });
  return value;
}

/** Reads the version of a state: 0 or 1. */
export function stateVersionArgument(text: string): 0 | 1 {
  if (text !== "0" && text !== "1")
    throw new CliError({ code: "cli/bad-argument", name: "--state-version", want: "0 or 1" });
  return text === "0" ? 0 : 1;
}

/** Reads a runtime's `system_version`: 0 to 255. */
export function systemVersionArgument(name: string, text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 255)
    throw new CliError({ code: "cli/bad-argument", name, want: "0 to 255" });
  return Number(text);
}

/** Reads a UTC time such as `2026-12-31T23:59:59Z`, and returns it in Unix milliseconds. */
export function momentArgument(name: string, text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  const written = text.includes(".") ? text : text.replace("Z", ".000Z");
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== written)
    throw new CliError({ code: "cli/bad-argument", name, want: "a UTC time such as 2026-12-31T23:59:59Z" });
  return ms;
}
