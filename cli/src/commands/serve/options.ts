/** Options that the long-running commands share. */
import type { ListenAddress, OperatorOptions, ProxyHeader, ProxyOptions } from "@pruntime/gateway";
import { type Command, Option } from "commander";
import { withSettings } from "../../settings/settings.ts";
import type { ChainOptions, Limits } from "../../stack/chain.ts";
import { withDataFolder } from "../../stack/folders.ts";
import { oneOf, wholeNumber } from "../../terminal/arguments.ts";
import { maxLineBytes, readText } from "../../terminal/file.ts";
import { type LogFlags, type LogFormat, type LogLevel, logLevels } from "../../terminal/log.ts";
import type { OutputOptions } from "../../terminal/output.ts";
import { repeatable } from "../../worker/addresses.ts";
import { withJson } from "../../worker/connect.ts";
import { earlierToken, operatorListenAddress } from "../../worker/operator-address.ts";

/** Options of commands that store state. */
export interface DataOptions extends OutputOptions {
  readonly dataDir: string;
}

/** Options of the embedded chain. */
export type ChainFlags = DataOptions & Omit<ChainOptions, "dataDir">;

/** Options of a worker. */
export interface WorkerFlags extends DataOptions, LogFlags {
  readonly port: number;
  readonly host: string;
  readonly operator: ListenAddress;
  readonly operator2020: boolean;
  readonly trustProxy: readonly string[];
  readonly proxyHeader: ProxyHeader;
  readonly allowedHost: readonly string[];
  readonly tokenFile?: string;
  readonly savedState: boolean;
  readonly dev: boolean;
}

/** Reads a TCP port; 0 means any free port. */
export const port = (name: string): ((text: string) => number) => wholeNumber(name, 0, 65_535);

/** Adds the options of {@link DataOptions}. */
export function withData(command: Command): Command {
  return withSettings(withDataFolder(withJson(command)));
}

/** Reads a list of system versions, such as `1,2,3`. */
function systemVersions(text: string): readonly number[] {
  return text.split(",").map(wholeNumber("--system-versions", 1, 3));
}

/** Adds the options of {@link ChainFlags}, except the port and the options of {@link DataOptions}. */
export function withChain(command: Command): Command {
  return command
    .option(
      "--block-ms <ms>",
      "milliseconds between blocks; 0 makes one block for each transaction",
      wholeNumber("--block-ms", 0, 600_000),
      3_000,
    )
    .option(
      "--rotate-every <blocks>",
      "blocks between changes of the authority set; 0 makes no changes",
      wholeNumber("--rotate-every", 0),
      100,
    )
    .option(
      "--genesis-seed <text>",
      "a text in a new chain's genesis: chains with the same seed and options have the same genesis hash; " +
        "default: a random one",
    )
    .option(
      "--registry-policy <file>",
      "the policy of a new chain's registry of workers; default: accepts any simulated evidence",
    )
    .option(
      "--registry-production",
      "a new chain's registry refuses simulated evidence, even if its policy accepts it",
      false,
    )
    .option(
      "--old-authorities-key",
      "a new chain keeps its authorities under `:grandpa_authorities`, as before 2024",
      false,
    )
    .option("--plain", "a new chain lacks the pallets Execution and Registry, like any other chain", false)
    .option(
      "--limits <limits>",
      "the limits of a new chain's blocks: polkadot, or none, for tests with larger blocks",
      oneOf<Limits>("--limits", ["polkadot", "none"]),
      "polkadot",
    )
    .option(
      "--system-versions <numbers>",
      "the system_version of a new chain's first runtime and, after commas, of those that it upgrades to",
      systemVersions,
      [1],
    )
    .option(
      "--state-pruning <blocks>",
      "discard the states of blocks that are this far below the finalized head; default: discard none",
      wholeNumber("--state-pruning", 1),
    )
    .option("--strict", "keep only as many proofs and as much old state as a real node does", false);
}

const givenToken = (): string | undefined => process.env["PRUNTIME_TOKEN"];

/** How a worker serves operator calls. @throws CliError `cli/bad-file`, `cli/file-too-large` */
export function operatorSettings(flags: WorkerFlags): { readonly operator: OperatorOptions } {
  const { tokenFile, dataDir } = flags;
  const token =
    tokenFile === undefined
      ? (givenToken() ?? earlierToken(dataDir))
      : readText(tokenFile, maxLineBytes).trim();
  const operator = { listen: flags.operator, as2020: flags.operator2020 };
  return { operator: token === undefined ? operator : { ...operator, token } };
}

/** The names by which browsers may use the node behind a worker's page. */
export function pageSettings({ allowedHost }: WorkerFlags): { readonly allowedHosts: readonly string[] } {
  return { allowedHosts: allowedHost };
}

/** Which proxies are in front of a worker. */
export function proxySettings(flags: WorkerFlags): { readonly proxies: ProxyOptions } {
  return { proxies: { trusted: flags.trustProxy, header: flags.proxyHeader } };
}

const usualOperator = "127.0.0.1:8001";

/** Adds the options of {@link WorkerFlags}. */
export function withService(command: Command): Command {
  return withLog(withData(command), "warn")
    .option(
      "--port <port>",
      "the port of the REST interface; if the port is in use, the next free one is used",
      port("--port"),
      8000,
    )
    .option("--host <address>", "the address on which the REST interface listens", "127.0.0.1")
    .option(
      "--token-file <file>",
      "a file with the token for operator calls; default: the token in the variable PRUNTIME_TOKEN, or in " +
        "the data folder, or else a random one",
    )
    .addOption(
      new Option(
        "--operator <address>",
        "where operator calls are served: HOST:PORT, or the path of a Unix socket; if the port is in use, " +
          "the next free one is used; the address and the token are written to the data folder",
      )
        .argParser(operatorListenAddress)
        .default(operatorListenAddress(usualOperator), usualOperator),
    )
    .option(
      "--operator-2020",
      "also serve operator calls on --port, without a token, to callers on this machine, as in 2020",
      false,
    )
    .option(
      "--trust-proxy <range>",
      "addresses of proxies in front of --port, such as 10.0.0.0/8 or ::1; may be repeated; these proxies " +
        "name the client of each request, and any other peer is a client itself",
      repeatable,
      [],
    )
    .option(
      "--proxy-header <header>",
      "how trusted proxies name the client: x-forwarded-for, forwarded or proxy-protocol (version 2)",
      oneOf<ProxyHeader>("--proxy-header", ["x-forwarded-for", "forwarded", "proxy-protocol"]),
      "x-forwarded-for",
    )
    .option(
      "--allowed-host <name>",
      "a name of this machine, besides localhost, by which browsers may use the page's node; may be repeated",
      repeatable,
      [],
    )
    .option(
      "--no-saved-state",
      "save no state: a worker that starts again executes its chain again, from its genesis or checkpoint",
    )
    .option("--dev", "enable the action `test`", false);
}

/** Adds the options of {@link LogFlags}. */
export function withLog(command: Command, usual: LogLevel): Command {
  return command
    .option(
      "--log-level <level>",
      "error, warn, info (with lines about executed blocks) or debug",
      oneOf<LogLevel>("--log-level", logLevels),
      usual,
    )
    .option(
      "--log-format <format>",
      "human or json; default: human on a terminal, json anywhere else",
      oneOf<LogFormat>("--log-format", ["human", "json"]),
    );
}
