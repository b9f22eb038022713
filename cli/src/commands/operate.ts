/** Operator commands: init, info, console. */
import {
  type Callable,
  findAction,
  getInfo,
  getStatus,
  type InitInput,
  initRuntime,
  type OutputOf,
  stateFullSentence,
} from "@pruntime/api";
import { httpTransport } from "@pruntime/client";
import { headerHash } from "@pruntime/core/chain";
import { canonicalJson, type Json, type JsonObject } from "@pruntime/core/json";
import { decodeCheckpoint } from "@pruntime/core/light-client";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  connectNode,
  fetchCheckpointInput,
  fetchInitInput,
  type NodeConnection,
  SubstrateNode,
} from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { inputOfSpec, type SpecFlags, withSpec } from "../start/spec.ts";
import { type TermFlags, termsOf, withTerms } from "../start/terms.ts";
import { jsonArgument } from "../terminal/arguments.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { note, printResult, runAction } from "../terminal/output.ts";
import { type NodeFlags, nodeOf, oneWorkerOf, withNode } from "../worker/addresses.ts";
import { type WorkerOptions, withWorker } from "../worker/connect.ts";
import { callOver, type OperatorOptions, operatorCall, withOperator } from "../worker/operator.ts";

interface InitOptions extends OperatorOptions, NodeFlags, TermFlags, SpecFlags {
  readonly checkpoint?: string;
}

/** Adds the operator's commands to the program. */
export function registerOperate(program: Command): void {
  withSpec(withTerms(withNode(withOperator(program.command("init")))))
    .description("start a new worker on a chain: with the genesis (or a checkpoint) and proofs from a node")
    .option(
      "--checkpoint <file>",
      "begin at this checkpoint, made by `pruntime checkpoint`, instead of at the genesis",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ pruntime init
  $ pruntime init --node ws://127.0.0.1:9944 --checkpoint here.json
  $ pruntime init --spec polkadot.json --genesis 0x91b1…
  $ pruntime init --genesis-balance 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY:1000000`,
    )
    .action((options: InitOptions) => runAction(options, () => init(options)));

  withWorker(program.command("info"))
    .description("show what the worker reports about itself")
    .addHelpText("after", "\nExamples:\n  $ pruntime info\n  $ pruntime info --json | jq .status.finalized")
    .action((options: WorkerOptions) => runAction(options, () => info(options)));

  withOperator(program.command("console <method> [input]"))
    .description("call any action of the REST interface and print its payload")
    .addHelpText(
      "after",
      '\nExamples:\n  $ pruntime console get_info\n  $ pruntime console get \'{"path":"/order/0"}\'',
    )
    .action((method: string, input: string | undefined, options: OperatorOptions) =>
      runAction(options, () => callAny(options, method, input)),
    );
}

async function init(options: InitOptions): Promise<void> {
  if (options.spec !== undefined) return give(options, await inputOfSpec(options));
  const url = nodeOf(options);
  const connection = await connectNode(url);
  try {
    note(`reading the chain of ${url}`);
    await give(options, await initInput(options, connection));
  } finally {
    connection.close();
  }
}

async function give(options: InitOptions, input: InitInput): Promise<void> {
  const { payload } = await operatorCall(options, initRuntime, input);
  printResult(options, { payload }, canonicalJson(payload));
}

async function initInput(options: InitOptions, connection: NodeConnection): Promise<InitInput> {
  const crypto = await createNativeCrypto();
  const node = new SubstrateNode(connection, crypto);
  const terms = termsOf(options);
  if (options.checkpoint === undefined) return fetchInitInput(node, terms);
  const text = readText(options.checkpoint, maxDocumentBytes).trim();
  return fetchCheckpointInput(node, text, headerHash(crypto, decodeCheckpoint(text).encodedHeader), terms);
}

async function info(options: WorkerOptions): Promise<void> {
  const transport = httpTransport(oneWorkerOf(options));
  const { value: info } = await callOver(transport, options.maxAge, getInfo, {});
  const { value: status } = await callOver(transport, options.maxAge, getStatus, {});
  const lines = Object.entries(status).map(
    ([name, value]) =>
      `${name.padEnd(18)} ${typeof value === "string" ? value : canonicalJson(value ?? null)}`,
  );
  printResult(options, { info, status }, [...lines, ...remarksOn(status)]);
}

/** What an operator should notice in a status. */
function remarksOn(status: OutputOf<typeof getStatus>): string[] {
  const {
    initialized,
    provider,
    meaning,
    channel_v1: channelV1,
    runtime_unreadable: unreadable,
    mark,
  } = status;
  return [
    ...(initialized ? [] : ["Not initialized: run `pruntime init`."]),
    ...(status.below_mark
      ? [
          `The worker has started again. It answers once it has synced to block ${mark?.finalized.number}, ` +
            "which it once knew as final, has taken each recovery up to there again, and has executed the " +
            "newest signed policy that it knew.",
        ]
      : []),
    ...(provider === "simulated" ? ["This worker is simulated: it protects nothing from its host."] : []),
    ...(channelV1 === true
      ? ["This worker runs commands of channel v1: an account that copies one can learn what it says."]
      : []),
    ...(meaning === "told" ? ["The worker took the runtime's metadata on trust (--told)."] : []),
    ...(unreadable === null
      ? []
      : [
          `The worker's program cannot read the chain's runtime from block ${unreadable.since} on ` +
            `(${unreadable.code}). Start it with a newer program.`,
        ]),
    ...(status.state_full === null ? [] : [stateFullSentence(status.state_full)]),
  ];
}

async function callAny(options: OperatorOptions, method: string, input: string | undefined): Promise<void> {
  const action = findAction(method);
  if (action === undefined)
    throw new CliError({
      code: "cli/bad-argument",
      name: "method",
      want: "an action of the REST interface (see /docs)",
    });
  const untyped: Callable<JsonObject, unknown> = action;
  const { payload } = await operatorCall(options, untyped, input === undefined ? {} : objectArgument(input));
  printResult(options, { payload }, canonicalJson(payload));
}

function objectArgument(text: string): JsonObject {
  const value = jsonArgument("input", text);
  if (value === null || typeof value !== "object" || isList(value))
    throw new CliError({ code: "cli/bad-argument", name: "input", want: "a JSON object" });
  return value;
}

/** Exists because `Array.isArray` does not narrow readonly arrays. */
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
