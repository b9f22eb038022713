/** `pruntime relay`: follows a chain and feeds a worker (pHost). */
import { setFlagsFromString } from "node:v8";
import { usualSpoolBytes } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../../error.ts";
import { withSettings } from "../../settings/settings.ts";
import { dataFolders } from "../../stack/folders.ts";
import { type RelayServiceOptions, relayProgress, startRelay } from "../../stack/relay.ts";
import { untilInterrupted } from "../../stack/service.ts";
import { inputOfSpec, type SpecFlags, withSpec } from "../../start/spec.ts";
import { type TermFlags, termsOf, withTerms } from "../../start/terms.ts";
import { wholeNumber } from "../../terminal/arguments.ts";
import { type LogFlags, openLog } from "../../terminal/log.ts";
import { type OutputOptions, printResult, runAction } from "../../terminal/output.ts";
import { accountSecret, accountSources } from "../../terminal/secret.ts";
import { nodeOf, repeatable } from "../../worker/addresses.ts";
import { withJson } from "../../worker/connect.ts";
import { type OperatorFlags, operatorOf, withOperatorAddress } from "../../worker/operator-address.ts";
import { port, withLog } from "./options.ts";

interface RelayFlags extends OutputOptions, OperatorFlags, TermFlags, SpecFlags, LogFlags {
  readonly node?: readonly string[];
  readonly archiveNode: readonly string[];
  readonly paraNode?: string;
  readonly paraId?: number;
  readonly init: boolean;
  readonly register?: string;
  readonly headers: number;
  readonly blocks: number;
  readonly parallel: number;
  readonly timeout: number;
  readonly maxMessage: number;
  readonly maxLag: number;
  readonly patience: number;
  readonly metricsPort?: number;
  readonly metricsHost: string;
  /** `false` with `--no-spool`; `undefined` for the folder `spool` in the data folder. */
  readonly spool?: string | false;
  readonly spoolSize: number;
  readonly spoolFrom: readonly string[];
  readonly spoolPort?: number;
  readonly spoolHost: string;
}

/** Adds `pruntime relay`. */
export function registerRelay(program: Command): void {
  withLimits(
    withSpool(
      withSpec(withTerms(withSides(withLog(withSettings(withJson(program.command("relay"))), "info")))),
    ),
  )
    .description("run the relay alone (pHost): follow a chain, feed a worker")
    .option("--no-init", "do not initialize a fresh worker")
    .option(
      "--register <account>",
      `keep the worker registered on the chain, on behalf of this account: ${accountSources}`,
      accountSecret("--register"),
    )
    .option("--metrics-port <port>", "serve GET /metrics, /healthz and /readyz", port("--metrics-port"))
    .option("--metrics-host <address>", "the address for --metrics-port", "127.0.0.1")
    .addHelpText("after", help)
    .action((options: RelayFlags) => runAction(options, () => relay(options)));
}

const help = `
The worker believes nothing that a node says. A node that fails, or whose answers the worker refuses, rests
(0.5 s, doubling up to 30 s) while the next one is followed. If two nodes report different finalized blocks at
one height, the relay names both and follows neither while they disagree.

Full nodes keep the states of 256 blocks only. So the relay fetches each block before its state is discarded,
whether the worker can be reached or not, and stores it in its spool (--spool). A worker that was away for
longer gets those blocks from the spool, and verifies them like a node's answers. When the spool is full, the
oldest blocks that the worker has taken are dropped. Blocks that it has not taken are never dropped; the
relay then stops fetching ahead and says so. If blocks are missing everywhere, the relay names them
(relay/gap). What helps then is an archive node (--archive-node), the spool of another relay (--spool-from),
or a new worker that starts from a checkpoint. Only one relay at a time may use a spool.

A node is named by ws://, wss://, http:// or https://. Over HTTP there are no subscriptions: the relay then
asks for the finalized head every 2 s. A node without GRANDPA's RPC methods can be followed, too. It has
proofs only of the last block of an authority set and of one block in each justification_period, usually 512
blocks, so the worker is behind the chain by up to that many blocks.

Examples:
  $ pruntime relay --node ws://127.0.0.1:9944 --data-dir .pruntime
  $ pruntime relay --operator https://worker.example:8001 --token-file token
  $ pruntime relay --register //Alice
  $ pruntime relay --node wss://one.example --node wss://two.example --archive-node wss://archive.example
  $ pruntime relay --spool /var/lib/pruntime/spool --spool-size 8192 --spool-port 9955
  $ pruntime relay --spool-from http://127.0.0.1:9955
  $ pruntime relay --node wss://relay-chain.example --para-node wss://parachain.example --para-id 2004`;

/** Adds the options for the nodes to follow and the worker to feed. */
function withSides(command: Command): Command {
  return withOperatorAddress(command)
    .option(
      "--node <url>",
      "a node to follow; repeatable: the next one is used when one fails, lags or lies; default: as for " +
        "`pruntime push`",
      repeatable,
    )
    .option(
      "--archive-node <url>",
      "a node that keeps all state, for blocks whose state the others have discarded; repeatable",
      repeatable,
      [],
    )
    .option(
      "--para-node <url>",
      "a node of the parachain to follow; --node is then a node of its relay chain",
    )
    .option("--para-id <id>", "the parachain's id", wholeNumber("--para-id", 0, 0xffff_ffff));
}

/** Adds the options of the spool. */
function withSpool(command: Command): Command {
  return command
    .option(
      "--spool <folder>",
      "where fetched blocks are stored for a worker that is away; default: `spool` in the data folder",
    )
    .option("--no-spool", "store nothing: a worker that is away for too long needs an archive node")
    .option(
      "--spool-size <MiB>",
      "the most that the spool takes on disk",
      wholeNumber("--spool-size", 1),
      usualSpoolBytes / 2 ** 20,
    )
    .option(
      "--spool-from <url>",
      "the spool of another relay, for blocks that are missing everywhere else; repeatable",
      repeatable,
      [],
    )
    .option("--spool-port <port>", "serve the spool, read-only, to other relays", port("--spool-port"))
    .option("--spool-host <address>", "the address on which the spool is served", "127.0.0.1");
}

/** Adds the options that limit batches, requests and answers, a node's lag, and the wait for a node. */
function withLimits(command: Command): Command {
  const limit = (
    name: string,
    unit: string,
    about: string,
    most: number | undefined,
    usual: number,
  ): void => {
    command.option(`${name} <${unit}>`, about, wholeNumber(name, 1, most), usual);
  };
  limit("--headers", "count", "headers in one sync_header", 20_000, 500);
  limit("--blocks", "count", "blocks in one dispatch_block", 5_000, 100);
  limit("--parallel", "count", "the most requests to a node at the same time", 256, 16);
  limit("--timeout", "seconds", "how long a node may take to answer", 3_600, 30);
  limit("--max-message", "MiB", "the largest answer accepted from a node", 1_024, 64);
  limit(
    "--max-lag",
    "blocks",
    "how far a node may lag behind another before the relay leaves it",
    undefined,
    16,
  );
  limit(
    "--patience",
    "seconds",
    "how long to wait for a finality proof before trying the next node",
    undefined,
    60,
  );
  return command;
}

async function relay(options: RelayFlags): Promise<void> {
  // Relayed data becomes garbage quickly. V8 lets 40 MB of it accumulate by default, but only 20 MB with
  // this flag (measured: bench/relay-memory.ts).
  setFlagsFromString("--optimize-for-size");
  const { archiveNode, metricsPort, metricsHost } = options;
  const nodes = nodesOf(options);
  const { url: worker } = operatorOf(options);
  const service = await startRelay({
    nodes,
    archives: archiveNode,
    ...parachainOf(options),
    worker: () => operatorOf(options), // a restarted worker may use a different port
    init: options.init,
    terms: termsOf(options),
    ...(options.spec === undefined ? {} : { initInput: await inputOfSpec(options) }),
    ...(options.register === undefined ? {} : { register: options.register }),
    headersPerBatch: options.headers,
    blocksPerBatch: options.blocks,
    parallelRequests: options.parallel,
    requestTimeoutMs: 1000 * options.timeout,
    maxMessageBytes: options.maxMessage << 20,
    maxLag: options.maxLag,
    proofPatienceMs: 1000 * options.patience,
    progress: relayProgress(openLog(options), "info"),
    ...(metricsPort === undefined ? {} : { serveMetrics: { port: metricsPort, host: metricsHost } }),
    ...spoolOf(options),
  });
  const { metrics, spool } = service;
  const addresses = {
    node: nodes[0],
    nodes: [...nodes],
    archives: [...archiveNode],
    worker,
    ...(metrics === undefined ? {} : { metrics }),
    ...(spool === undefined ? {} : { spool }),
  };
  const served = [
    ...(metrics === undefined ? [] : [{ what: "metrics", url: metrics }]),
    ...(spool === undefined ? [] : [{ what: "spool", url: spool }]),
  ];
  const { dataDir } = options;
  const { close, ended } = service;
  await untilInterrupted({ dataDir, command: "relay", addresses: served, close, ended }, () => {
    const shown = served.map(({ what, url }) => `, ${what} ${url}`);
    printResult(options, addresses, `relay ${nodes.join(", ")} → ${worker}${shown.join("")}`);
  });
}

function spoolOf(flags: RelayFlags): Pick<RelayServiceOptions, "spool" | "serveSpool"> {
  const {
    spool: folder = dataFolders(flags.dataDir).spool,
    spoolSize,
    spoolFrom,
    spoolPort,
    spoolHost,
  } = flags;
  if (folder === false) {
    if (spoolFrom.length === 0 && spoolPort === undefined) return {};
    throw new CliError({
      code: "cli/bad-argument",
      name: "--no-spool",
      want: "without --spool-from and --spool-port",
    });
  }
  return {
    spool: { folder, maxBytes: spoolSize * 2 ** 20, from: spoolFrom },
    ...(spoolPort === undefined ? {} : { serveSpool: { port: spoolPort, host: spoolHost } }),
  };
}

function nodesOf({ node, dataDir }: RelayFlags): readonly [string, ...string[]] {
  const [first, ...others] = node ?? [];
  return first === undefined ? [nodeOf({ dataDir })] : [first, ...others];
}

function parachainOf({ paraNode, paraId }: RelayFlags): {
  readonly parachain?: { readonly id: number; readonly nodeUrl: string };
} {
  if (paraNode === undefined && paraId === undefined) return {};
  if (paraNode === undefined || paraId === undefined)
    throw new CliError({
      code: "cli/bad-argument",
      name: "a parachain",
      want: "given by both --para-node and --para-id",
    });
  return { parachain: { id: paraId, nodeUrl: paraNode } };
}
