/** `pruntime checkpoint`: where a worker may begin to follow a chain, in place of its genesis. */
import { writeFileSync } from "node:fs";
import { fromUtf8 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { type Json, jsonAny, jsonObject, parseJson } from "@pruntime/core/json";
import { type Checkpoint, encodeCheckpoint, lightSyncCheckpoint, startFromCheckpoint } from "@pruntime/core/light-client";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { connectNode, fetchCheckpoint, SubstrateNode } from "@pruntime/relay";
import type { Command } from "commander";
import { fileArgument, wholeNumber } from "../arguments.ts";
import { withJson, withNode } from "../connect.ts";
import { CliError } from "../error.ts";
import { genesisOf } from "../offline/genesis.ts";
import { note, type OutputOptions, printResult, runAction } from "../output.ts";

interface CheckpointOptions extends OutputOptions {
  readonly node: string;
  readonly at?: number;
  readonly spec?: string;
  readonly out?: string;
}

export function registerCheckpoint(program: Command): void {
  withNode(withJson(program.command("checkpoint")))
    .description("make a checkpoint from a node you trust, or from the lightSyncState of a raw chain specification")
    .option("--at <number>", "a finalized block; default: the last", wholeNumber("--at", 0, 0xffff_ffff))
    .option("--spec <file>", "take the chain specification's lightSyncState; no node is asked")
    .option("--out <file>", "write it there instead of to stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pruntime checkpoint --out here.json\n  $ pruntime init --checkpoint here.json\n  $ pruntime checkpoint --spec polkadot.json",
    )
    .action((options: CheckpointOptions) => runAction(options, () => checkpoint(options)));
}

async function checkpoint(options: CheckpointOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const made = options.spec === undefined ? await fromNode(crypto, options) : fromSpec(crypto, options.spec);
  const text = encodeCheckpoint(made);
  const number = decodeHeader(made.encodedHeader).number;
  const facts = { number, setId: made.authorities.setId, authorities: made.authorities.authorities.length };
  if (options.out === undefined) return printResult(options, { ...facts, checkpoint: parseJson(text) }, text);
  try {
    writeFileSync(options.out, `${text}\n`);
  } catch (cause) {
    throw new CliError(
      { code: "cli/bad-file", path: options.out, reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
  printResult(
    options,
    { ...facts, file: options.out },
    `block ${number}, set ${made.authorities.setId} written to ${options.out}`,
  );
}

async function fromNode(crypto: Crypto, { node, at }: CheckpointOptions): Promise<Checkpoint> {
  const connection = await connectNode(node);
  try {
    note(`believing ${node}: compare with another node, or with somebody you trust`);
    return await fetchCheckpoint(new SubstrateNode(connection, crypto), crypto, at);
  } finally {
    connection.close();
  }
}

const withState = jsonObject({ lightSyncState: jsonAny }, "ignored");

function fromSpec(crypto: Crypto, file: string): Checkpoint {
  const spec: Json = parseJson(fromUtf8(fileArgument(file)), { maxLength: 256 << 20, maxDepth: 64 });
  const made = lightSyncCheckpoint(genesisOf(crypto, spec, undefined).genesisHash, withState(spec, "").lightSyncState);
  startFromCheckpoint(crypto, made);
  return made;
}
