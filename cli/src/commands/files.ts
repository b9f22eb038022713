/** Commands for DataPlaza's files: set-dataset, set-query, get-result. */
import { writeFileSync } from "node:fs";
import { getData, setData } from "@pruntime/api";
import { accountOf } from "@pruntime/client/chain";
import { sealDataFile } from "@pruntime/client/contracts/data-files";
import { fromBase64, to0x, toBase64, toHex } from "@pruntime/core/bytes";
import { type FileKind, isSealedFile, isSealedResult, openResult } from "@pruntime/core/channel";
import { complete } from "@pruntime/core/work";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { checkDataFile } from "@pruntime/interfaces";
import type { Command } from "commander";
import { badFile, CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { sampleFile, samplePaths } from "../paths.ts";
import { maxDataFileBytes, maxLineBytes, readBytes, readText } from "../terminal/file.ts";
import { note, printResult, runAction } from "../terminal/output.ts";
import { printBytes } from "../terminal/print.ts";
import { accountSecret, accountSources } from "../terminal/secret.ts";
import { atWorker, type TrustOptions, withEvidence } from "../worker/connect.ts";
import { writePrivately } from "../worker/local-trust.ts";
import { type OperatorOptions, operatorCall, withOperator } from "../worker/operator.ts";

interface SetOptions extends OperatorOptions, TrustOptions {
  readonly path: string;
  readonly as?: string;
  readonly clear: boolean;
  readonly out?: string;
  readonly resultKey?: string;
}

interface GetOptions extends OperatorOptions {
  readonly fromFile?: string;
  readonly resultKey?: string;
}

const words = { dataset: "dataset", query: "query file" } as const;

/** Adds the commands for DataPlaza's files to the program. */
export function registerFiles(program: Command): void {
  for (const kind of ["dataset", "query"] as const)
    resultKeyOption(kind, withEvidence(withOperator(program.command(`set-${kind} [file]`))))
      .description(
        `seal DataPlaza's ${words[kind]} to the worker and upload it (default: this checkout's sample)`,
      )
      .option(
        "--path <path>",
        "the path under which DataPlaza knows the file, which begins with /",
        filePath,
        samplePaths[kind],
      )
      .option("--as <account>", `the account that owns the file: ${accountSources}`, accountSecret("--as"))
      .option(
        "--out <file>",
        "write the sealed file, for the worker's operator to upload, and upload nothing",
      )
      .option(
        "--clear",
        "upload the file unsealed, as in 2020: the worker's host can read it, and any account may name it",
        false,
      )
      .addHelpText("after", setExamples(kind))
      .action((file: string | undefined, options: SetOptions) =>
        runAction(options, () => setFile(options, kind, file ?? sampleFile(`${kind}.csv`))),
      );

  withOperator(program.command("get-result [path]"))
    .description("read a join result (default /order/0) and print it")
    .option(
      "--result-key <file>",
      "the file with the key that `set-query` wrote, which opens a sealed result",
    )
    .option("--from-file <file>", "open a sealed result that the operator fetched, and call no worker")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pruntime get-result\n  $ pruntime get-result /order/3 --result-key mine.key",
    )
    .action((path: string | undefined, options: GetOptions) =>
      runAction(options, () => getResult(options, path ?? "/order/0")),
    );
}

function resultKeyOption(kind: FileKind, command: Command): Command {
  return kind === "dataset"
    ? command
    : command.option(
        "--result-key <file>",
        "where to write the key that opens the results of this query file",
      );
}

/**
 * Reads the path of a file. A listing or an order names the file by this path, so a path that is not written
 * as one is a mistake.
 */
function filePath(text: string): string {
  if (/^(\/[\w.~%+=@:-]+)+$/.test(text)) return text;
  const want = "a path that begins with /, such as /ipfs/mine, without spaces";
  throw new CliError({ code: "cli/bad-argument", name: "--path", want });
}

function setExamples(kind: FileKind): string {
  const owner = kind === "dataset" ? "--as //Bob" : "--as //Alice --result-key mine.key";
  return (
    `\nExamples:\n  $ pruntime set-${kind} mine.csv --path /ipfs/mine ${owner}` +
    `\n  $ pruntime set-${kind} --clear` +
    "\n\nA file that is sealed already is uploaded as it is."
  );
}

async function setFile(options: SetOptions, kind: FileKind, file: string): Promise<void> {
  const bytes = readBytes(file, maxDataFileBytes);
  if (isSealedFile(bytes)) return upload(options, bytes, `the sealed ${words[kind]} of ${file}`);
  const { rows, columns } = complete(checkDataFile(kind, bytes));
  const table = `${rows} rows of ${columns} columns of ${file}`;
  if (options.clear)
    return upload(options, bytes, `${table} in clear, for anyone to name,`, { rows, columns });
  const { as: owner, out } = options;
  if (owner === undefined)
    throw new CliError({
      code: "cli/bad-argument",
      name: "--as",
      want: "the account that owns the file; with --clear, the file is uploaded unsealed",
    });
  const sealed = await seal(options, owner, kind, bytes);
  if (out === undefined) return upload(options, sealed, `${table}, sealed,`, { rows, columns });
  writeBytes(out, sealed);
  printResult(
    options,
    { path: options.path, out, rows, columns },
    `${table} sealed in ${out} for ${options.path}`,
  );
}

/** Seals a file, and writes the key of a query file's results before the file can be uploaded. */
async function seal(
  options: SetOptions,
  owner: string,
  kind: FileKind,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const { path, resultKey: keyFile } = options;
  if (kind === "query" && keyFile === undefined)
    throw new CliError({
      code: "cli/bad-argument",
      name: "--result-key",
      want: "a file for the key that opens the results",
    });
  const sealed = await atWorker(options, (worker) =>
    sealDataFile(worker, { kind, path, bytes }, accountOf(owner).query),
  );
  if (keyFile !== undefined) writePrivately(keyFile, to0x(sealed.resultKey));
  return sealed.bytes;
}

async function upload(
  options: SetOptions,
  bytes: Uint8Array,
  what: string,
  table: object = {},
): Promise<void> {
  const { path } = options;
  await operatorCall(options, setData, { path, data: toBase64(bytes) });
  printResult(options, { path, bytes: bytes.length, ...table }, `${what} stored as ${path}`);
}

async function getResult(options: GetOptions, path: string): Promise<void> {
  const bytes =
    options.fromFile === undefined
      ? await fetched(options, path)
      : readBytes(options.fromFile, maxDataFileBytes);
  const sealed = isSealedResult(bytes);
  if (!sealed || options.resultKey === undefined) {
    if (sealed) note("The result is sealed to the buyer: open it with --result-key.");
    return printRows(options, { path, sealed }, bytes);
  }
  const key = hexArgument("--result-key", readText(options.resultKey, maxLineBytes).trim(), 32);
  const { seller, rows } = openResult(await createNativeCrypto(), key, path, bytes);
  note(seller === undefined ? "The dataset was in clear." : `The dataset was sealed by ${to0x(seller)}.`);
  printRows(options, { path, sealed, seller: seller === undefined ? null : toHex(seller) }, rows);
}

async function fetched(options: GetOptions, path: string): Promise<Uint8Array> {
  const { value: read } = await operatorCall(options, getData, { path });
  return fromBase64(read.value);
}

function printRows(options: GetOptions, facts: object, rows: Uint8Array): void {
  if (options.json === true) printResult(options, { ...facts, value_b64: toBase64(rows) }, "");
  else printBytes(rows);
}

function writeBytes(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (cause) {
    throw badFile(path, cause);
  }
}
