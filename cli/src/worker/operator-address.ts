/**
 * Determines where operator calls are sent. The commands that run a worker write the address and the token
 * for operator calls to the data folder. The commands that make operator calls read both from there.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ListenAddress } from "@pruntime/gateway";
import type { WorkerOptions } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { withDataFolder } from "../stack/folders.ts";
import { maxLineBytes, readText } from "../terminal/file.ts";
import { writePrivately } from "./local-trust.ts";

/** Options that give the address and the token for operator calls. */
export interface OperatorFlags {
  readonly operator?: string;
  readonly tokenFile?: string;
  readonly dataDir: string;
}

/** Adds the options of {@link OperatorFlags}. */
export function withOperatorAddress(command: Command): Command {
  return withDataFolder(command)
    .option(
      "--operator <url>",
      "the worker's address for operator calls: http://HOST:PORT, or unix:PATH; default: `operator` in the " +
        "data folder",
      process.env["PRUNTIME_OPERATOR"],
    )
    .option(
      "--token-file <file>",
      "a file with the operator's token; default without --operator: `operator-token` in the data folder",
      process.env["PRUNTIME_TOKEN_FILE"],
    );
}

/** The paths of the operator's address and token in a data folder. */
const filesIn = (dataDir: string): { readonly address: string; readonly token: string } => ({
  address: join(dataDir, "operator"),
  token: join(dataDir, "operator-token"),
});

/**
 * Returns the address and the token for operator calls. With `--operator` and without a token file, the
 * calls have no token, which suits only a worker with `--operator-2020`.
 * @throws {@link CliError} `cli/no-operator` if neither an option nor a file gives the address;
 * `cli/bad-argument`, `cli/bad-file`
 */
export function operatorOf({ operator, tokenFile, dataDir }: OperatorFlags): WorkerOptions {
  const files = filesIn(dataDir);
  if (operator !== undefined) {
    checkUrl(operator);
    return tokenFile === undefined ? { url: operator } : { url: operator, token: textIn(tokenFile) };
  }
  if (!existsSync(files.address)) throw new CliError({ code: "cli/no-operator", dataDir });
  return { url: textIn(files.address), token: textIn(tokenFile ?? files.token) };
}

/** Writes a worker's address and token for the commands that call it. @throws CliError `cli/bad-file` */
export function writeOperator(dataDir: string, { url, token }: Required<WorkerOptions>): void {
  const files = filesIn(dataDir);
  writePrivately(files.token, token);
  writePrivately(files.address, url);
}

/**
 * Returns the token that an earlier start wrote to the data folder, so that relays can continue to use it.
 * @throws CliError `cli/bad-file`
 */
export function earlierToken(dataDir: string): string | undefined {
  const { token } = filesIn(dataDir);
  return existsSync(token) ? textIn(token) : undefined;
}

/**
 * Reads `--operator` of a worker: `HOST:PORT`, with brackets around an IPv6 address, or the path of a Unix
 * socket. If the port is in use, the worker takes the next free one.
 * @throws CliError `cli/bad-argument`
 */
export function operatorListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) < 65_536) return { host, port: Number(port), orNext: true };
  if (text.includes("/")) return { path: text };
  const want = "HOST:PORT, or the path of a Unix socket with a slash";
  throw new CliError({ code: "cli/bad-argument", name: "--operator", want });
}

function checkUrl(url: string): void {
  if (/^unix:./.test(url) || (/^https?:/.test(url) && URL.canParse(url))) return;
  const want = "an http(s) address, or unix: and the path of a socket";
  throw new CliError({ code: "cli/bad-argument", name: "--operator", want });
}

const textIn = (path: string): string => readText(path, maxLineBytes).trim();
