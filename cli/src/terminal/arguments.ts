/** Reads command-line arguments. Each reader throws `cli/bad-argument` with the accepted values. */
import { ProtocolError } from "@pruntime/core/errors";
import { type Json, parseJson } from "@pruntime/core/json";
import { type BuiltIn, builtIns } from "@pruntime/interfaces";
import { CliError } from "../error.ts";

/** Returns a reader of whole numbers from `least` to `most`, both included. */
export function wholeNumber(
  name: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new CliError({ code: "cli/bad-argument", name, want: `a whole number from ${least} to ${most}` });
    return value;
  };
}

/** Returns a reader that accepts only the given words. */
export function oneOf<T extends string>(name: string, words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new CliError({ code: "cli/bad-argument", name, want: words.join(" or ") });
    return word;
  };
}

/** The name of a built-in contract on the command line. */
export function contractName({ name }: Pick<BuiltIn, "name">): string {
  return name.toLowerCase();
}

/**
 * Returns the id of a contract, which is given as a number or as the name of a built-in contract. Names are
 * case-insensitive, and hyphens between words are optional.
 */
export function contractId(text: string): number {
  const known = builtIns.find(
    (contract) => contractName(contract) === text.toLowerCase().replaceAll("-", ""),
  );
  if (known !== undefined) return known.id;
  if (/^[0-9]+$/.test(text)) return wholeNumber("contract", 0, 0xffff_ffff)(text);
  const names = builtIns.map(contractName).join(", ");
  throw new CliError({ code: "cli/bad-argument", name: "contract", want: `${names}, or a number` });
}

/**
 * Reads JSON. A bare word such as `TotalIssuance` is read as a string, so a request without parameters needs
 * no quotes in a shell.
 */
export function jsonArgument(name: string, text: string): Json {
  if (/^[A-Za-z]\w*$/.test(text) && !["null", "true", "false"].includes(text)) return text;
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new CliError({ code: "cli/bad-argument", name, want: `JSON (${cause.code})` }, { cause });
  }
}
