/**
 * `pruntime recovery`: signs a checkpoint with a recovery key that the workers' anchor names, and leads a
 * worker on from a signed checkpoint.
 */
import { writeFileSync } from "node:fs";
import { getStatus, recoverFinality } from "@pruntime/api";
import { to0x, toBase64 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { parseJson } from "@pruntime/core/json";
import {
  decodeCheckpoint,
  decodeRecovery,
  encodeRecovery,
  recoveryHash,
  type SignedRecovery,
  startFromCheckpoint,
} from "@pruntime/core/light-client";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { connectNode, SubstrateNode } from "@pruntime/relay";
import { type Command, Option } from "commander";
import { badFile, CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { signHash } from "../policy/file.ts";
import { wholeNumber } from "../terminal/arguments.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { withJson } from "../worker/connect.ts";
import { type OperatorOptions, operatorCall, withOperator } from "../worker/operator.ts";

interface SignOptions extends OutputOptions {
  readonly key: string;
  readonly anchor?: string;
  readonly replaces?: number;
  readonly out?: string;
}

interface ApplyOptions extends OperatorOptions, NodeFlags {}

/** Adds `pruntime recovery` and its subcommands. */
export function registerRecovery(program: Command): void {
  const recovery = program
    .command("recovery")
    .description("lead workers past a forced change of their chain's authorities, with recovery keys");

  withJson(recovery.command("sign <file>"))
    .description("sign a checkpoint, or add a signature to a recovery file")
    .requiredOption(
      "--key <pem>",
      "the private key, as `openssl genpkey -algorithm ed25519` makes it; /dev/stdin reads it from a pipe",
    )
    .option("--anchor <hex>", "for a checkpoint: the anchor of the workers, 0x and 32 bytes")
    .addOption(
      new Option(
        "--replaces <set id>",
        "for a checkpoint: the id of the last authority set that the workers know",
      ).argParser(wholeNumber("--replaces", 0)),
    )
    .option("--out <file>", "write the recovery file here instead of to stdout")
    .addHelpText(
      "after",
      `
Everyone who signs must know that the checkpoint is right: its signers decide which chain the workers follow.

Examples:
  $ pruntime checkpoint --at 1200 --out after.json
  $ pruntime recovery sign after.json --anchor 0x91b1… --replaces 7 --key mine.pem > one.json
  $ pruntime recovery sign one.json --key theirs.pem > recovery.json`,
    )
    .action((file: string, options: SignOptions) => runAction(options, () => sign(file, options)));

  withNode(withOperator(recovery.command("apply <file>")))
    .description("give a worker a signed recovery file, with the headers that lead to its checkpoint")
    .addHelpText(
      "after",
      `
A worker that starts again needs the file again, once it has synced up to the change.

Example:
  $ pruntime recovery apply recovery.json --node wss://node.example`,
    )
    .action((file: string, options: ApplyOptions) => runAction(options, () => apply(file, options)));
}

async function sign(path: string, options: SignOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const recovery = recoveryIn(crypto, path, options);
  const { publicKey: key, signature } = signHash(options.key, recoveryHash(crypto, recovery));
  const others = recovery.signatures.filter((one) => to0x(one.key) !== to0x(key));
  const text = encodeRecovery({ ...recovery, signatures: [...others, { key, signature }] });
  const { number } = decodeHeader(recovery.checkpoint.encodedHeader);
  note(`signed by ${to0x(key)}: block ${number} replaces the authority set ${recovery.replacedSetId}`);
  if (options.out === undefined) return printResult(options, { recovery: parseJson(text) }, text);
  try {
    writeFileSync(options.out, `${text}\n`);
  } catch (cause) {
    throw badFile(options.out, cause);
  }
  printResult(options, { file: options.out }, `written to ${options.out}`);
}

/**
 * Reads a recovery file, or makes an unsigned recovery from a checkpoint and the options.
 * @throws CliError `cli/bad-argument`, `cli/bad-file`; JsonError; the errors of a checkpoint that no worker
 * takes
 */
function recoveryIn(crypto: Crypto, path: string, { anchor, replaces }: SignOptions): SignedRecovery {
  const text = readText(path, maxDocumentBytes).trim();
  const json = parseJson(text);
  const isRecovery = json !== null && typeof json === "object" && Object.hasOwn(json, "checkpoint");
  const given = anchor !== undefined && replaces !== undefined;
  if (isRecovery ? anchor !== undefined || replaces !== undefined : !given)
    throw new CliError({
      code: "cli/bad-argument",
      name: "--anchor and --replaces",
      want: isRecovery ? "absent, because the file has them" : "given with a checkpoint",
    });
  const recovery = isRecovery
    ? decodeRecovery(text)
    : {
        anchor: hexArgument("--anchor", anchor ?? "", 32),
        replacedSetId: BigInt(replaces ?? 0),
        checkpoint: decodeCheckpoint(text),
        signatures: [],
      };
  startFromCheckpoint(crypto, recovery.checkpoint);
  return recovery;
}

async function apply(path: string, options: ApplyOptions): Promise<void> {
  const recovery = readText(path, maxDocumentBytes).trim();
  const { number } = decodeHeader(decodeRecovery(recovery).checkpoint.encodedHeader);
  const { parachain, finalized } = (await operatorCall(options, getStatus, {})).value;
  const from = ((parachain?.relay ?? finalized)?.number ?? 0) + 1;
  const url = nodeOf(options);
  note(`reading the headers ${from} to ${number} from ${url}`);
  const headers_b64 = from < number ? await headersOf(url, from, number - 1) : [];
  const { value } = await operatorCall(options, recoverFinality, { headers_b64, recovery });
  printResult(options, value, `the worker goes on from block ${value.synced_to}`);
}

async function headersOf(url: string, from: number, to: number): Promise<string[]> {
  const connection = await connectNode(url);
  try {
    const node = new SubstrateNode(connection, await createNativeCrypto());
    return (await node.headersAt(from, to)).map(({ encoded }) => toBase64(encoded));
  } finally {
    connection.close();
  }
}
