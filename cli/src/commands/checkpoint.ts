/**
 * `pruntime checkpoint`: makes a checkpoint, from which a worker can follow a chain without starting at
 * genesis.
 */
import { writeFileSync } from "node:fs";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { type Json, jsonAny, jsonObject, parseJson } from "@pruntime/core/json";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  lightSyncCheckpoint,
  startFromCheckpoint,
} from "@pruntime/core/light-client";
import { advanceByWarpProof, decodeWarpProof, WarpError, type WarpFragment } from "@pruntime/core/warp";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  connectNode,
  fetchCheckpoint,
  fetchWarpFragments,
  SubstrateNode,
  tryAuthorities,
  tryCheckpoint,
} from "@pruntime/relay";
import { type Command, Option } from "commander";
import { CliError } from "../error.ts";
import { genesisOf } from "../offline/genesis.ts";
import { specLimits } from "../start/spec.ts";
import { wholeNumber } from "../terminal/arguments.ts";
import { maxChainFileBytes, maxDocumentBytes, readBytes, readText } from "../terminal/file.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { withJson } from "../worker/connect.ts";

interface CheckpointOptions extends OutputOptions, NodeFlags {
  readonly at?: number;
  readonly spec?: string;
  readonly from?: string;
  readonly warp?: string;
  readonly out?: string;
}

/** Adds `pruntime checkpoint`. */
export function registerCheckpoint(program: Command): void {
  withNode(withJson(program.command("checkpoint")))
    .description(
      "make a checkpoint: proven from an older one, taken from a node you trust, " +
        "or from the lightSyncState of a raw chain specification",
    )
    .option("--from <file>", "a checkpoint that you trust; any node can prove the new checkpoint from it")
    .addOption(
      new Option(
        "--warp <file>",
        "with --from: use this warp-sync proof (SCALE) as the proof; needs no node",
      ),
    )
    .addOption(
      new Option("--at <number>", "the number of a finalized block; default: the latest")
        .argParser(wholeNumber("--at", 0, 0xffff_ffff))
        .conflicts("from"),
    )
    .addOption(
      new Option("--spec <file>", "take the chain specification's lightSyncState; --node tries it").conflicts(
        ["from", "at"],
      ),
    )
    .option("--out <file>", "write the checkpoint to this file instead of to stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ pruntime checkpoint --out here.json
  $ pruntime init --checkpoint here.json
  $ pruntime checkpoint --from here.json --out later.json
  $ pruntime checkpoint --spec polkadot.json --node wss://NODE`,
    )
    .action((options: CheckpointOptions) => runAction(options, () => checkpoint(options)));
}

async function checkpoint(options: CheckpointOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const made = await make(crypto, options);
  const text = encodeCheckpoint(made);
  const number = decodeHeader(made.encodedHeader).number;
  const facts = { number, setId: made.authorities.setId, authorities: made.authorities.authorities.length };
  if (options.out === undefined) return printResult(options, { ...facts, checkpoint: parseJson(text) }, text);
  try {
    writeFileSync(options.out, `${text}\n`);
  } catch (cause) {
    throw new CliError(
      {
        code: "cli/bad-file",
        path: options.out,
        reason: cause instanceof Error ? cause.message : String(cause),
      },
      { cause },
    );
  }
  printResult(
    options,
    { ...facts, file: options.out },
    `block ${number}, set ${made.authorities.setId} written to ${options.out}`,
  );
}

async function make(crypto: Crypto, options: CheckpointOptions): Promise<Checkpoint> {
  if (options.from === undefined && options.warp !== undefined)
    throw new CliError({ code: "cli/bad-argument", name: "--warp", want: "--from <file> beside it" });
  if (options.from !== undefined) return ahead(crypto, options.from, options);
  return options.spec === undefined
    ? fromNode(crypto, options)
    : fromSpec(crypto, options.spec, nodeOf(options));
}

/**
 * Makes a checkpoint from an older checkpoint that the user trusts, by proving every change of authorities in
 * between.
 */
async function ahead(crypto: Crypto, from: string, options: CheckpointOptions): Promise<Checkpoint> {
  const trusted = decodeCheckpoint(readText(from, maxDocumentBytes));
  if (options.warp !== undefined) return byProof(crypto, trusted, options.warp);
  const connection = await connectNode(nodeOf(options));
  try {
    const node = new SubstrateNode(connection, crypto);
    return await byNode(crypto, trusted, node);
  } finally {
    connection.close();
  }
}

/**
 * Follows a node's finality proofs up to its latest proof. Then checks that the node's state and signatures
 * confirm the authorities of the new checkpoint.
 */
async function byNode(crypto: Crypto, trusted: Checkpoint, node: SubstrateNode): Promise<Checkpoint> {
  const start = startFromCheckpoint(crypto, trusted);
  let last = trusted;
  for await (const { made } of follow(crypto, trusted, fetchWarpFragments(node, start.finalized.number + 1)))
    last = made;
  const header = await node.headerAt(decodeHeader(last.encodedHeader).number);
  await tryAuthorities(node, header, last.authorities);
  return last;
}

/**
 * Follows a warp-sync proof to the last block at which the proof ends an authority set. Later blocks of the
 * proof are not used, because a header that is not in the proof could have announced another change.
 * @throws WarpError `warp/no-set-change` if the proof ends no set
 */
async function byProof(crypto: Crypto, trusted: Checkpoint, file: string): Promise<Checkpoint> {
  const { fragments } = decodeWarpProof(readBytes(file, maxChainFileBytes));
  let last: Checkpoint | undefined;
  for await (const { made, endsSet } of follow(crypto, trusted, fragments)) if (endsSet) last = made;
  if (last === undefined) throw new WarpError({ code: "warp/no-set-change", fragment: fragments.length - 1 });
  return last;
}

/**
 * Yields a checkpoint for each fragment that proves a later block, and whether the fragment ends an authority
 * set.
 */
async function* follow(
  crypto: Crypto,
  trusted: Checkpoint,
  fragments: Iterable<WarpFragment> | AsyncIterable<WarpFragment>,
): AsyncGenerator<{ readonly made: Checkpoint; readonly endsSet: boolean }> {
  let client = startFromCheckpoint(crypto, trusted);
  for await (const fragment of fragments) {
    const next = advanceByWarpProof(crypto, client, { fragments: [fragment], isFinished: true });
    if (next === client) continue;
    const endsSet = next.authorities.setId > client.authorities.setId;
    client = next;
    const { genesisHash, finalized, authorities, pending } = client;
    note(`block ${finalized.number} proven, set ${authorities.setId}`);
    yield { made: { genesisHash, encodedHeader: fragment.encodedHeader, authorities, pending }, endsSet };
  }
}

async function fromNode(crypto: Crypto, options: CheckpointOptions): Promise<Checkpoint> {
  const url = nodeOf(options);
  const connection = await connectNode(url);
  try {
    note(`trusting ${url}: compare the checkpoint with another node's, or with a source that you trust`);
    return await fetchCheckpoint(new SubstrateNode(connection, crypto), crypto, options.at);
  } finally {
    connection.close();
  }
}

const withState = jsonObject({ lightSyncState: jsonAny }, "ignored");

/** Takes the checkpoint of a chain specification, and tries it against a node. */
async function fromSpec(crypto: Crypto, file: string, url: string): Promise<Checkpoint> {
  const spec: Json = parseJson(readText(file, maxChainFileBytes), specLimits);
  const made = lightSyncCheckpoint(
    genesisOf(crypto, spec, undefined).genesisHash,
    withState(spec, "").lightSyncState,
  );
  startFromCheckpoint(crypto, made);
  const connection = await connectNode(url).catch((cause: unknown) => {
    throw new CliError({ code: "cli/checkpoint-untried", path: file, node: url }, { cause });
  });
  try {
    await tryCheckpoint(new SubstrateNode(connection, crypto), made);
  } finally {
    connection.close();
  }
  return made;
}
