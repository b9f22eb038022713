/** Commands that run until they are interrupted: up, chain, worker, relay. */
import { progressOn } from "@pruntime/relay";
import type { Command } from "commander";
import { oneOf, wholeNumber } from "../arguments.ts";
import { defaultNode, withJson, withNode, withWorker } from "../connect.ts";
import { note, type OutputOptions, printResult, runAction } from "../output.ts";
import { type ChainOptions, dataFolders, interrupted, type LogLevel, startChain, startRelay, startWorker } from "../services.ts";

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
  readonly node: string;
  readonly worker: string;
  readonly token?: string;
  readonly init: boolean;
  readonly headers: number;
  readonly blocks: number;
}

interface UpFlags extends WorkerFlags, Omit<ChainFlags, "port"> {
  readonly chainPort: number;
}

const port = wholeNumber("port", 0, 65_535);

export function registerServe(program: Command): void {
  withChain(withService(program.command("up")))
    .description("bring up the whole local stack: embedded chain, worker, relay, REST and page")
    .option("--chain-port <port>", "where the chain listens; moves up when taken", port, 9944)
    .addHelpText("after", "\nExamples:\n  $ pruntime up\n  $ pruntime up --port 8080 --block-ms 1000 --data-dir /tmp/try")
    .action((options: UpFlags) => runAction(options, () => up(options)));

  withChain(withData(program.command("chain")))
    .description("run the embedded chain alone")
    .option("--port <port>", "where it listens; moves up when taken", port, 9944)
    .addHelpText("after", "\nExamples:\n  $ pruntime chain\n  $ pruntime chain --strict --rotate-every 50")
    .action((options: ChainFlags) => runAction(options, () => chain(options)));

  withService(withData(program.command("worker")))
    .description("run a worker alone: the gateway and its enclave process")
    .addHelpText(
      "after",
      '\nExamples:\n  $ pruntime worker\n  $ pruntime worker --host 0.0.0.0 --token "$(openssl rand -hex 16)"',
    )
    .action((options: WorkerFlags) => runAction(options, () => worker(options)));

  withNode(withWorker(program.command("relay")))
    .description("run the relay alone (pHost): follow a node, feed a worker")
    .option("--no-init", "do not initialize a fresh worker")
    .option("--headers <count>", "headers in one sync_header", wholeNumber("--headers", 1, 20_000), 500)
    .option("--blocks <count>", "blocks in one dispatch_block", wholeNumber("--blocks", 1, 5_000), 100)
    .addHelpText("after", "\nExample:\n  $ pruntime relay --node ws://127.0.0.1:9944 --worker http://127.0.0.1:8000")
    .action((options: RelayFlags) => runAction(options, () => relay(options)));
}

function withData(command: Command): Command {
  return withJson(command).option("--data-dir <folder>", "where state is kept", process.env["PRUNTIME_DATA"] ?? ".pruntime");
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
    .option("--strict", "as ungenerous with proofs and old state as a real node", false);
}

function withService(command: Command): Command {
  const data = command.options.some(({ long }) => long === "--data-dir") ? command : withData(command);
  return data
    .option("--port <port>", "where REST listens; moves up when taken", port, 8000)
    .option("--host <address>", "the address REST listens on", "127.0.0.1")
    .option("--token <token>", "lets its bearer make operator calls from another machine", process.env["PRUNTIME_TOKEN"])
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
  note("starting the chain…");
  const node = await startChain({ ...options, port: options.chainPort, dataDir: folders.chain });
  note("starting the worker…");
  const rest = await startWorker({ ...options, dataDir: folders.worker, devTest: options.dev });
  const feed = await startRelay({
    node: node.url,
    worker: rest.url,
    init: true,
    headersPerBatch: 500,
    blocksPerBatch: 100,
    progress: progressOn(process.stderr),
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  const page = node.url === defaultNode ? `${rest.url}/` : `${rest.url}/?node=${encodeURIComponent(node.url)}`;
  const addresses = { chain: node.url, worker: rest.url, page, docs: `${rest.url}/docs`, data: options.dataDir };
  printResult(options, addresses, welcome(addresses));
  try {
    await Promise.race([interrupted(), feed.ended]);
  } finally {
    await feed.close();
    await rest.close();
    await node.close();
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
  worker  ${worker}        (simulated: it protects nothing from this machine)
  page    ${page}
  docs    ${docs}
  data    ${data}

Try, in another terminal:

  curl -d '{"input":{},"nonce":{"id":1}}' -H 'content-type: application/json' ${worker}/get_info
  node cli/dist/pruntime.mjs demo

Ctrl-C ends it.
`;
}

async function chain(options: ChainFlags): Promise<void> {
  const service = await startChain({ ...options, dataDir: dataFolders(options.dataDir).chain });
  printResult(options, { chain: service.url }, `chain ${service.url}`);
  await interrupted();
  await service.close();
}

async function worker(options: WorkerFlags): Promise<void> {
  const service = await startWorker({ ...options, dataDir: dataFolders(options.dataDir).worker, devTest: options.dev });
  printResult(options, { worker: service.url }, `worker ${service.url} (simulated: it protects nothing from this machine)`);
  await interrupted();
  await service.close();
}

async function relay(options: RelayFlags): Promise<void> {
  const { headers, blocks, ...rest } = options;
  const service = await startRelay({
    ...rest,
    headersPerBatch: headers,
    blocksPerBatch: blocks,
    progress: progressOn(process.stderr),
  });
  printResult(options, { node: options.node, worker: options.worker }, `relay ${options.node} → ${options.worker}`);
  await Promise.race([interrupted(), service.ended]);
  await service.close();
}
