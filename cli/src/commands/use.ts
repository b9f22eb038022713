/** Commands for users: send sealed commands to the chain, and query contracts. */
import { writeFileSync } from "node:fs";
import type { ReplyReceipt, WorkerClient } from "@pruntime/client";
import { accountOf, ChainClient, commandCallName, type Pushed, type Via } from "@pruntime/client/chain";
import type { ChannelKind } from "@pruntime/core/channel";
import { canonicalJson, type Json } from "@pruntime/core/json";
import {
  assets,
  type BuiltIn,
  balances,
  type CommandName,
  messageJson,
  type RequestName,
} from "@pruntime/interfaces";
import type { Command } from "commander";
import { badFile } from "../error.ts";
import { contractId, contractName, oneOf, wholeNumber } from "../terminal/arguments.ts";
import { note, printResult, runAction } from "../terminal/output.ts";
import { accountSecret, accountSources } from "../terminal/secret.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { atWorker, type TrustOptions, websocketClass, withTrust } from "../worker/connect.ts";
import { messageArgument } from "../worker/message.ts";

interface PushOptions extends TrustOptions, NodeFlags {
  readonly from: string;
  readonly kind: ChannelKind;
  readonly via?: Via;
  readonly wait: boolean;
  readonly timeout: number;
}

interface QueryOptions extends TrustOptions {
  readonly as?: string;
  readonly receipt?: string;
  readonly kind: ChannelKind;
}

const kinds: readonly ChannelKind[] = ["v2", "v1", "plain"];

/** Adds `pruntime push` and `query`. */
export function registerUse(program: Command): void {
  withNode(withTrust(program.command("push <contract> <command>")))
    .description("seal a command to the worker, put it on chain, and wait until it is final and executed")
    .option("--from <account>", `the sender: ${accountSources}`, accountSecret("--from"), "//Alice")
    .option(
      "--kind <kind>",
      "how the message is sealed: v2 (HPKE), v1 (as in 2020) or plain",
      oneOf("--kind", kinds),
      "v2",
    )
    .option(
      "--via <way>",
      "how it gets onto the chain: pallet (Execution.push_command) or remark (System.remark_with_event, on " +
        "any chain); default: the pallet where the chain has it",
      oneOf<Via>("--via", ["pallet", "remark"]),
    )
    .option("--no-wait", "do not wait for the execution receipt")
    .option(
      "--timeout <seconds>",
      "how long to wait for the execution receipt",
      wholeNumber("--timeout", 1),
      60,
    )
    .addHelpText(
      "after",
      `\nExamples:\n${pushExample(balances, "Transfer")}\n${pushExample(assets, "Issue")} --from //Bob`,
    )
    .action((contract: string, command: string, options: PushOptions) =>
      runAction(options, () => {
        const id = contractId(contract);
        const json = messageArgument("command", id, command);
        return atWorker(options, (worker) => push(worker, options, id, json));
      }),
    );

  withTrust(program.command("query <contract> <request>"))
    .description("query a contract; the query is sealed and, with --as, signed")
    .option(
      "--as <account>",
      `the account that asks; without --as, the query is anonymous: ${accountSources}`,
      accountSecret("--as"),
    )
    .option(
      "--kind <kind>",
      "how the message is sealed: v2 (HPKE), v1 (as in 2020) or plain",
      oneOf("--kind", kinds),
      "v2",
    )
    .option(
      "--receipt <file>",
      "write a reply receipt, which proves to others which worker answered; see `pruntime verify receipt`",
    )
    .addHelpText(
      "after",
      `\nExamples:\n${queryExample(balances, "TotalIssuance")}` +
        `\n${queryExample(balances, "FreeBalance")} --as //Alice`,
    )
    .action((contract: string, request: string, options: QueryOptions) =>
      runAction(options, () => {
        const id = contractId(contract);
        const json = messageArgument("request", id, request);
        return atWorker(options, (worker) => query(worker, options, id, json));
      }),
    );
}

/** The line of help that shows how to send the example of a contract's command. */
function pushExample<I extends BuiltIn>(contract: I, name: CommandName<I>): string {
  const command = contract.commands.find((known) => known.name === name);
  return exampleLine("push", contract, name, command?.example ?? null);
}

/** The line of help that shows how to send the example of a contract's request. */
function queryExample<I extends BuiltIn>(contract: I, name: RequestName<I>): string {
  const request = contract.requests.find((known) => known.name === name);
  return exampleLine("query", contract, name, request?.example.input ?? null);
}

/** A name alone needs no JSON quotes: see {@link jsonArgument}. */
function exampleLine(verb: string, contract: BuiltIn, name: string, input: Json): string {
  const text = input === null ? name : `'${canonicalJson(messageJson(name, input))}'`;
  return `  $ pruntime ${verb} ${contractName(contract)} ${text}`;
}

async function push(
  worker: WorkerClient,
  options: PushOptions,
  contract: number,
  command: Json,
): Promise<void> {
  const account = accountOf(options.from);
  const via = options.via === undefined ? {} : { via: options.via };
  const chain = await ChainClient.connect(nodeOf(options), { websocketClass, ...via });
  try {
    const push = worker.push(
      chain,
      account,
      { contractId: contract, json: command },
      { kind: options.kind, executionTimeoutMs: options.timeout * 1000 },
    );
    const { receiptKey } = await push.sealed;
    note(`sealed; receipt key ${receiptKey}`);
    note(`in block ${(await push.inBlock).blockNumber}; waiting until it is final…`);
    const pushed = await push.finalized;
    const where = placeOf(pushed);
    if (!options.wait) return printResult(options, { ...pushed }, [where, `receipt key ${receiptKey}`]);
    note(`final; waiting until the worker has executed block ${pushed.blockNumber}…`);
    const { outcome } = await push.executed;
    printResult(options, { ...pushed, receipt: outcome }, [where, `executed: ${outcome}`], outcome === "Ok");
  } finally {
    chain.close();
  }
}

function placeOf({ blockNumber, blockHash, extrinsicIndex, via, fee }: Pushed): string {
  const paid = fee === undefined ? "" : `, fee ${fee}`;
  const place = `block ${blockNumber} (${blockHash}), extrinsic ${extrinsicIndex}`;
  return `final in ${place}, by ${commandCallName(via)}${paid}`;
}

async function query(
  worker: WorkerClient,
  options: QueryOptions,
  contract: number,
  request: Json,
): Promise<void> {
  const signer = options.as === undefined ? {} : { signer: accountOf(options.as).query };
  const answer = await worker.query(contract, request, { kind: options.kind, ...signer });
  if (options.receipt !== undefined) writeReplyReceipt(options.receipt, worker.replyReceipt(answer));
  const time = answer.chainTimeMs === 0n ? "unknown" : new Date(Number(answer.chainTimeMs)).toISOString();
  const asOf = {
    finalized: answer.finalizedNumber,
    dispatched: answer.dispatchedNumber,
    chain_time: time,
    known_from: answer.knownBlock?.from ?? null,
  };
  if (options.json !== true) note(`as of block ${answer.dispatchedNumber}, chain time ${time}`);
  printResult(
    options,
    { value: answer.value, as_of: asOf },
    canonicalJson(answer.value),
    !isContractError(answer.value),
  );
}

/** A contract answers `{"Error": …}` if it refuses a request. */
function isContractError(value: Json): boolean {
  return value !== null && typeof value === "object" && Object.hasOwn(value, "Error");
}

function writeReplyReceipt(path: string, receipt: ReplyReceipt): void {
  try {
    writeFileSync(path, `${JSON.stringify(receipt, null, 1)}\n`);
  } catch (cause) {
    throw badFile(path, cause);
  }
}
