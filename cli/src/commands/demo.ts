/** `pruntime demo`: starts a separate stack in a temporary folder, and runs the demo's story on it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientError, connect, httpTransport, type Transport, type WorkerClient } from "@pruntime/client";
import { ChainClient } from "@pruntime/client/chain";
import { type Progress, silentProgress } from "@pruntime/relay";
import type { Command } from "commander";
import { startChain } from "../stack/chain.ts";
import { dataFolders } from "../stack/folders.ts";
import { stackOperator, startRelay } from "../stack/relay.ts";
import { tellStory } from "../stack/story.ts";
import { startWorker } from "../stack/worker.ts";
import { openLog } from "../terminal/log.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { clientOptions, websocketClass, withJson } from "../worker/connect.ts";
import { anchorOfChain, developmentPolicy } from "../worker/local-trust.ts";
import { operatorTransport } from "../worker/operator.ts";

interface DemoOptions extends OutputOptions {
  readonly plain: boolean;
}

/** The `system_version` of the chain's first runtime, and of the runtime after each upgrade in the story. */
const systemVersions = [1, 2, 3, 3];

/** Adds `pruntime demo`. */
export function registerDemo(program: Command): void {
  withJson(program.command("demo"))
    .description(
      "start a separate local stack and run a story on it: sealed commands, finality, results, " +
        "changes of authorities, upgrades of the runtime",
    )
    .option("--plain", "on a chain without the pallets Execution and Registry: commands are remarks", false)
    .addHelpText("after", "\nExamples:\n  $ pruntime demo\n  $ pruntime demo --plain")
    .action((options: DemoOptions) => runAction(options, () => demo(options)));
}

async function demo(options: DemoOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-demo-"));
  const folders = dataFolders(folder);
  const closing: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    note("Starting a chain, a worker and a relay…");
    const { plain } = options;
    const chainOptions = { port: 0, blockMs: 0, rotateEvery: 0, strict: false, systemVersions, plain };
    const node = await startChain(chainOptions);
    closing.push(node.close);
    const rest = await startWorker({
      port: 0,
      host: "127.0.0.1",
      dataDir: folders.worker,
      devTest: false,
      log: openLog({ logLevel: "error" }),
    });
    closing.push(rest.close);
    const feed = (): ReturnType<typeof startRelay> =>
      startRelay({
        nodes: [node.url],
        worker: rest.operator,
        init: true,
        register: stackOperator,
        headersPerBatch: 500,
        blocksPerBatch: 100,
        progress: quiet,
      });
    let relay = await feed();
    closing.push(() => relay.close());
    node.chain.produceBlock();
    const anchor = anchorOfChain(node.chain);
    const worker = await connectWhenReady(httpTransport(rest.url), anchor);
    const operator = await connectWhenReady(operatorTransport(rest.operator), anchor);
    const chain = await ChainClient.connect(node.url, { websocketClass });
    closing.push(() => chain.close());
    await tellStory({
      worker,
      operator,
      chain,
      rotateAuthorities: async () => {
        node.chain.rotateAuthorities();
        node.chain.produceBlock();
      },
      upgradeRuntime: async () => {
        node.chain.upgradeRuntime();
        node.chain.produceBlock();
        return node.chain.produceBlock().header.number;
      },
      interruptRelay: async () => {
        await relay.close();
        relay = await feed();
      },
      narrate: note,
    });
    const { dispatched, authorities, state_root } = await worker.status();
    const end = { block: dispatched?.number ?? 0, set_id: authorities?.set_id ?? "", state_root };
    printResult(
      options,
      end,
      `Done. Block ${end.block}, authority set ${end.set_id}, state root ${end.state_root}.`,
    );
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Shows the relay's notes, such as that the worker is initialized or registered, but not each batch. */
const said = (text: string): void => note(`  relay: ${text}`);
const quiet: Progress = { ...silentProgress, note: said, trouble: said };

/**
 * Waits until the relay has initialized the worker and sent it the first block. Before that, the worker does
 * not know the chain time, so no answer counts as fresh.
 */
async function connectWhenReady(to: Transport, anchor: string): Promise<WorkerClient> {
  const { transport, crypto, random, freshness } = await clientOptions(to, 120);
  const demands = { policy: developmentPolicy(), anchor, crypto, random, ...freshness };
  let reason: unknown;
  for (let tries = 0; tries < 150; tries++) {
    try {
      const worker = await connect(transport, demands);
      if ((await worker.status()).chain_time_ms !== "0") return worker;
    } catch (error) {
      reason = error;
    }
    await sleep(200);
  }
  throw new ClientError({ code: "client/timeout", what: "the worker's first block" }, { cause: reason });
}
