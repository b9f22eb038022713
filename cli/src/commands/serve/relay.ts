/** Commands that run until they are interrupted: up, chain, worker, relay. */
import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { progressOn } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import {
  type HardwareFlags,
  hardwareOf,
  isSimulated,
  protectionOf,
  withHardware,
} from "../stack/hardware.ts";
import {
  type ChainOptions,
  dataFolders,
  interrupted,
  type LogLevel,
  stackOperator,
  startChain,
  startRelay,
  startWorker,
} from "../stack/services.ts";
import { oneOf, wholeNumber } from "../terminal/arguments.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { defaultNode, defaultWorker, withJson } from "../worker/connect.ts";
import { anchorOfChain, developmentPolicy, writeLocalTrust, writeTrust } from "../worker/local-trust.ts";

interface DataOptions extends OutputOptions {
  readonly dataDir: string;
}

type ChainFlags = DataOptions & Omit<ChainOptions, "dataDir">;

interface WorkerFlags extends DataOptions {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly dev: boolean;
  readonly logLevel: LogLevel;
}

interface RelayFlags extends OutputOptions {
  readonly node: readonly [string, ...string[]];
  readonly archiveNode: readonly string[];
  readonly paraNode?: string;
  readonly paraId?: number;
  readonly worker: string;
  readonly token?: string;
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
}

interface UpFlags extends WorkerFlags, Omit<ChainFlags, "port"> {
  readonly chainPort: number;
}

const port = (name: string): ((text: string) => number) => wholeNumber(name, 0, 65_535);

export function registerServe(program: Command): void {
  withChain(withService(program.command("up")))
    .description("bring up the whole local stack: embedded chain, worker, relay, REST and page")
    .option("--chain-port <port>", "where the chain listens; moves up when taken", port("--chain-port"), 9944)
    .addHelpText(
      "after",
      "\nExamples:\n  $ pruntime up\n  $ pruntime up --port 8080 --block-ms 1000 --data-dir /tmp/try",
    )
    .action((options: UpFlags) => runAction(options, () => up(options)));

  withChain(withData(program.command("chain")))
    .description("run the embedded chain alone")
    .option("--port <port>", "where it listens; moves up when taken", port("--port"), 9944)
    .addHelpText("after", "\nExamples:\n  $ pruntime chain\n  $ pruntime chain --strict --rotate-every 50")
    .action((options: ChainFlags) => runAction(options, () => chain(options)));

  withHardware(withService(withData(program.command("worker"))))
    .description("run a worker alone: the gateway and its enclave process")
    .addHelpText(
      "after",
      '\nExamples:\n  $ pruntime worker\n  $ pruntime worker --host 0.0.0.0 --token "$(openssl rand -hex 16)"\n  $ pruntime worker --production --attest configfs-tsm\n  $ pruntime worker --launch "gramine-sgx enclave"',
    )
    .action((options: WorkerFlags & HardwareFlags) => runAction(options, () => worker(options)));

  withJson(program.command("relay"))
    .description("run the relay alone (pHost): follow a chain, feed a worker")
    .option(
      "--node <url>",
      "a node to follow; repeat it for others to turn to when one fails, lags or lies",
      urls,
      [firstNode()],
    )
    .option(
      "--archive-node <url>",
      "a node that keeps all state, for blocks whose state the others have discarded; repeatable",
      urls,
      [],
    )
    .option("--para-node <url>", "a node of the parachain to follow; --node is then its relay chain's")
    .option("--para-id <id>", "which parachain", wholeNumber("--para-id", 0, 0xffff_ffff))
    .option("--worker <url>", "the worker's REST address", process.env["PRUNTIME_WORKER"] ?? defaultWorker)
    .option(
      "--token <token>",
      "the operator's token, for a worker on another machine",
      process.env["PRUNTIME_TOKEN"],
    )
    .option("--no-init", "do not initialize a fresh worker")
    .option(
      "--register <account>",
      "keep the worker in the chain's registry, in the name of this account: //Name, a BIP-39 phrase or a seed in hex",
    )
    .option("--headers <count>", "headers in one sync_header", wholeNumber("--headers", 1, 20_000), 500)
    .option("--blocks <count>", "blocks in one dispatch_block", wholeNumber("--blocks", 1, 5_000), 100)
    .option(
      "--parallel <count>",
      "requests to a node at once, at most",
      wholeNumber("--parallel", 1, 256),
      16,
    )
    .option(
      "--timeout <seconds>",
      "how long a node may take for an answer",
      wholeNumber("--timeout", 1, 3_600),
      30,
    )
    .option(
      "--max-message <MiB>",
      "largest answer taken from a node",
      wholeNumber("--max-message", 1, 1_024),
      64,
    )
    .option(
      "--max-lag <blocks>",
      "how far a node may be behind another before it is left",
      wholeNumber("--max-lag", 1),
      16,
    )
    .option(
      "--patience <seconds>",
      "how long to wait for a finality proof before the next node",
      wholeNumber("--patience", 1),
      60,
    )
    .option("--metrics-port <port>", "serve GET /metrics on 127.0.0.1", port("--metrics-port"))
    .addHelpText(
      "after",
      `
Nothing that a node says is believed by the worker. A node that fails, or whose answers the worker refuses, rests (0.5 s, doubling up to 30 s) while the
next one is followed. Full nodes keep the state of 256 blocks only: to catch up over more, give an archive node.

Examples:
  $ pruntime relay --node ws://127.0.0.1:9944 --worker http://127.0.0.1:8000
  $ pruntime relay --register //Alice
  $ pruntime relay --node wss://one.example --node wss://two.example --archive-node wss://archive.example
  $ pruntime relay --node wss://relay-chain.example --para-node wss://parachain.example --para-id 2004`,
    )
    .action((options: RelayFlags) => runAction(options, () => relay(options)));
}

function firstNode(): string {
  return process.env["PRUNTIME_NODE"] ?? defaultNode;
}

const given = new WeakSet<readonly string[]>();

/** Collects a repeatable option; the first one given takes the place of the default. */
function urls(url: string, before: readonly string[]): readonly string[] {
  const collected = given.has(before) ? [...before, url] : [url];
  given.add(collected);
  return collected;
}

function withData(command: Command): Command {
  return withJson(command).option(
    "--data-dir <folder>",
    "where state is kept",
    process.env["PRUNTIME_DATA"] ?? ".pruntime",
  );
}

function withChain(command: Command): Command {
  return command
    .option(
      "--block-ms <ms>",
      "milliseconds between blocks; 0 makes one for each transaction",
      wholeNumber("--block-ms", 0, 600_000),
      3_000,
    )
    .option(
      "--rotate-every <blocks>",
      "blocks between changes of the authority set; 0: none",
      wholeNumber("--rotate-every", 0),
      100,
    )
    .option(
      "--registry-policy <file>",
      "the policy of a new chain's registry of workers; default: any simulated evidence",
    )
    .option(
      "--registry-production",
      "a new chain's registry refuses simulated evidence, whatever its policy says",
      false,
    )
    .option("--strict", "as ungenerous with proofs and old state as a real node", false);
}

function withService(command: Command): Command {
  const data = command.options.some(({ long }) => long === "--data-dir") ? command : withData(command);
  return data
    .option("--port <port>", "where REST listens; moves up when taken", port("--port"), 8000)
    .option("--host <address>", "the address REST listens on", "127.0.0.1")
    .option(
      "--token <token>",
      "lets its bearer make operator calls from another machine",
      process.env["PRUNTIME_TOKEN"],
    )
    .option("--dev", "offer the `test` action", false)
    .option(
      "--log-level <level>",
      "error, warn, info or debug",
      oneOf<LogLevel>("--log-level", ["error", "warn", "info", "debug"]),
      "warn",
    );
}

async function up(options: UpFlags): Promise<void> {
  const folders = dataFolders(options.dataDir);
  const closing: (() => Promise<void>)[] = [];
  try {
    note("starting the chain…");
    const node = await startChain({ ...options, port: options.chainPort, dataDir: folders.chain });
    closing.push(node.close);
    note("starting the worker…");
    const trust = writeLocalTrust(options.dataDir, node.chain);
    const rest = await startWorker({ ...options, dataDir: folders.worker, devTest: options.dev, trust });
    closing.push(rest.close);
    const feed = await startRelay({
      nodes: [node.url],
      worker: rest.url,
      init: true,
      register: stackOperator,
      headersPerBatch: 500,
      blocksPerBatch: 100,
      progress: progressOn(process.stderr),
      ...(options.token === undefined ? {} : { token: options.token }),
    });
    closing.push(feed.close);
    const page =
      node.url === defaultNode ? `${rest.url}/` : `${rest.url}/?node=${encodeURIComponent(node.url)}`;
    const addresses = {
      chain: node.url,
      worker: rest.url,
      page,
      docs: `${rest.url}/docs`,
      data: resolve(options.dataDir),
    };
    printResult(options, addresses, welcome(addresses));
    await Promise.race([interrupted(), feed.ended]);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function welcome({
  chain,
  worker,
  page,
  docs,
  data,
}: Readonly<Record<"chain" | "worker" | "page" | "docs" | "data", string>>): string {
  return `
  chain   ${chain}
  worker  ${worker}        (simulated: it protects nothing from this machine, and is registered as such)
  page    ${page}
  docs    ${docs}
  data    ${data}

Try, in another terminal:

  curl -d '{"input":{},"nonce":{"id":1}}' -H 'content-type: application/json' ${worker}/get_info
  node cli/dist/pruntime.mjs workers${chain === defaultNode ? "" : ` --node ${chain}`}
  node cli/dist/pruntime.mjs demo

Ctrl-C ends it.
`;
}

async function chain(options: ChainFlags): Promise<void> {
  const service = await startChain({ ...options, dataDir: dataFolders(options.dataDir).chain });
  writeTrust(options.dataDir, "anchor", anchorOfChain(service.chain));
  printResult(options, { chain: service.url }, `chain ${service.url}`);
  await interrupted();
  await service.close();
}

async function worker(options: WorkerFlags & HardwareFlags): Promise<void> {
  const { worker: dataDir } = dataFolders(options.dataDir);
  if (isSimulated(options)) writeTrust(options.dataDir, "policy", developmentPolicy());
  const service = await startWorker({ ...options, ...hardwareOf(options), dataDir, devTest: options.dev });
  printResult(options, { worker: service.url }, `worker ${service.url} (${protectionOf(options)})`);
  await interrupted();
  await service.close();
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

async function relay(options: RelayFlags): Promise<void> {
  // What it relays is garbage a moment later. V8 would let 40 MB of it pile up first; told so, it keeps 20 (measured: bench/relay-memory.ts).
  setFlagsFromString("--optimize-for-size");
  const { node, archiveNode, worker, token, metricsPort } = options;
  const service = await startRelay({
    nodes: node,
    archives: archiveNode,
    ...parachainOf(options),
    worker,
    ...(token === undefined ? {} : { token }),
    init: options.init,
    ...(options.register === undefined ? {} : { register: options.register }),
    headersPerBatch: options.headers,
    blocksPerBatch: options.blocks,
    parallelRequests: options.parallel,
    requestTimeoutMs: 1000 * options.timeout,
    maxMessageBytes: options.maxMessage << 20,
    maxLag: options.maxLag,
    proofPatienceMs: 1000 * options.patience,
    progress: progressOn(process.stderr),
    ...(metricsPort === undefined ? {} : { metricsPort }),
  });
  const { metrics } = service;
  const addresses = {
    node: node[0],
    nodes: [...node],
    archives: [...archiveNode],
    worker,
    ...(metrics === undefined ? {} : { metrics }),
  };
  printResult(
    options,
    addresses,
    `relay ${node.join(", ")} → ${worker}${metrics === undefined ? "" : `, metrics ${metrics}`}`,
  );
  await Promise.race([interrupted(), service.ended]);
  await service.close();
}
