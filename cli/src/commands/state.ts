/** `dump` and `load`: a worker's whole state, page by page, in a file. */
import { dumpBegin, dumpPage, loadPage } from "@pruntime/api";
import { fromBase64, fromHex, toBase64, toHex } from "@pruntime/core/bytes";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { note, printResult, runAction } from "../terminal/output.ts";
import { DumpWriter, readDump } from "../worker/dump-file.ts";
import { type OperatorOptions, operatorCall, withOperator } from "../worker/operator.ts";

/** Adds `dump` and `load` to the program. */
export function registerState(program: Command): void {
  withOperator(program.command("dump <file>"))
    .description(
      "write the worker's whole state to a file, sealed so that only workers with its keys can load it",
    )
    .addHelpText("after", "\nExample:\n  $ pruntime dump state.dump")
    .action((file: string, options: OperatorOptions) => runAction(options, () => dump(options, file)));

  withOperator(program.command("load <file>"))
    .description("load a dump into a worker; the dump must not be older than the worker's state")
    .addHelpText("after", "\nExample:\n  $ pruntime load state.dump")
    .action((file: string, options: OperatorOptions) => runAction(options, () => load(options, file)));
}

async function dump(options: OperatorOptions, file: string): Promise<void> {
  const { id, block } = (await operatorCall(options, dumpBegin, {})).value;
  const writer = new DumpWriter(file, fromHex(id));
  let bytes = 0;
  try {
    for (let index = 0, last = false; !last; index++) {
      const { value } = await operatorCall(options, dumpPage, { id, index });
      const page = fromBase64(value.page);
      writer.add(page);
      bytes += page.length;
      last = value.last;
      if (index % 16 === 15) note(`${mib(bytes)} written`);
    }
  } catch (error) {
    writer.giveUp();
    throw error;
  }
  writer.finish();
  printResult(
    options,
    { file, bytes, block },
    `${mib(bytes)} written to ${file}: the state after block ${block.number}`,
  );
}

async function load(options: OperatorOptions, file: string): Promise<void> {
  const { id, bytes, pages } = readDump(file);
  let [index, sent, done] = [0, 0, false];
  for (const page of pages) {
    const input = { id: toHex(id), index: index++, page: toBase64(page) };
    done = (await operatorCall(options, loadPage, input)).value.done;
    sent += page.length;
    if (index % 16 === 0) note(`${mib(sent)} of ${mib(bytes)} loaded`);
  }
  if (!done) throw new CliError({ code: "cli/bad-file", path: file, reason: "the last page is missing" });
  printResult(options, { file }, `the worker has loaded ${file}`);
}

function mib(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
