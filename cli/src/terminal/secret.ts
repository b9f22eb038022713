/**
 * Reads secrets from a file, from the environment or from standard input. An argument must not contain a
 * secret, because other users of the machine can list the arguments of processes, and shells store them.
 */
import { CliError } from "../error.ts";
import { maxLineBytes, readText, standardInput } from "./file.ts";

/** What an option that names an account accepts, for the help of commands. */
export const accountSources: string =
  "//Name of a development account, or where a BIP-39 phrase or a seed in hex is: file:PATH, env:NAME, " +
  "or - for standard input";

/**
 * The path of a development account. Its key is public, so the path is not a secret. `///` would begin a
 * password.
 */
const developmentPath = /^\/\/\w+(\/\/?\w+)*$/;

/**
 * Returns a reader of an option that names an account. The reader returns a secret URI: the path of a
 * development account, a BIP-39 phrase with an optional path, or a seed in hex.
 */
export function accountSecret(name: string): (text: string) => string {
  return (text) => {
    if (developmentPath.test(text)) return text;
    return secretAt(text) ?? refuse(name);
  };
}

function secretAt(text: string): string | undefined {
  if (text === "-") return readText(standardInput, maxLineBytes).trim();
  const [, source, where = ""] = /^(file|env):(.+)$/.exec(text) ?? [];
  if (source === "file") return readText(where, maxLineBytes).trim();
  return source === "env" ? process.env[where]?.trim() : undefined;
}

function refuse(name: string): never {
  throw new CliError({ code: "cli/bad-argument", name, want: accountSources });
}
