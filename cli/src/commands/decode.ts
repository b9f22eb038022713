/**
 * `pruntime decode`: shows the content of recorded chain data, without a node or a worker. It checks only
 * the format.
 */
import { decodeHeader, headerHash } from "@pruntime/core/chain";
import {
  BlockRemarks,
  compileEvents,
  compileRemarks,
  decodeLegacyMetadata,
  decodeMetadata,
  hasRemarked,
  isLegacyMetadata,
  readRemarked,
} from "@pruntime/core/metadata";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { describeExtrinsic } from "../offline/extrinsics.ts";
import { bytesOf, readInput } from "../offline/input.ts";
import { blockOf, extrinsicsOf, headerOf } from "../offline/readers.ts";
import { runOffline } from "../offline/run.ts";

/** The help on files and output that all offline commands share. */
export const filesHelp: string =
  "\nFiles: .json, .hex and .b64 are read as such, anything else as binary SCALE. JSON may be a string" +
  "\nof hex, or a node's answer." +
  "\nPrints one JSON object: exit 0 with ok true; exit 1 with ok false and a code; exit 2 for unusable" +
  "\narguments. Integers are numbers, or decimal strings if they exceed 2^53.\n";

/** Accepts `--json`, which has no effect because the output is always JSON. */
export function withoutNode(command: Command): Command {
  return command.option("--json", "no effect: these commands always print JSON");
}

const example = (line: string) => `${filesHelp}\nExample:\n  $ pruntime decode ${line}`;

/** Adds `pruntime decode` and its subcommands. */
export function registerDecode(program: Command): void {
  const decode = program.command("decode").description("decode recorded chain data");

  withoutNode(decode.command("metadata"))
    .description("show the version and the pallets of runtime metadata (versions 11 to 16)")
    .requiredOption("--metadata <file>", "the metadata, beginning with its magic number")
    .addHelpText("after", example("metadata --metadata metadata.hex"))
    .action((options: { readonly metadata: string }) => runOffline(() => metadataFacts(options.metadata)));

  withoutNode(decode.command("events"))
    .description("decode the value of System.Events")
    .requiredOption("--metadata <file>", "metadata of the runtime that wrote the events")
    .requiredOption("--events <file>", "the storage value")
    .addHelpText("after", example("events --metadata metadata.hex --events events.hex"))
    .action((options: { readonly metadata: string; readonly events: string }) =>
      runOffline(() => eventList(options.metadata, options.events)),
    );

  withoutNode(decode.command("remarks"))
    .description("list the remarks that a block's events report, as a worker finds them")
    .requiredOption("--block <file>", "JSON of chain_getBlock, or SCALE")
    .requiredOption("--metadata <file>", "metadata of the runtime that made the block")
    .requiredOption("--events <file>", "the block's value of System.Events")
    .addHelpText("after", example("remarks --block block.json --metadata metadata.hex --events events.hex"))
    .action((options: RemarksOptions) => runOffline(() => remarkList(options)));

  withoutNode(decode.command("header"))
    .description("decode a block header and hash it")
    .requiredOption("--header <file>", "JSON of chain_getHeader, or SCALE")
    .addHelpText("after", example("header --header header.json"))
    .action((options: { readonly header: string }) => runOffline(() => headerFacts(options.header)));

  withoutNode(decode.command("extrinsics"))
    .description(
      "decode extrinsics; with metadata, also the calls of unsigned extrinsics and of those in 2020's format",
    )
    .requiredOption("--extrinsics <file>", "an array of hex, or SCALE Vec<UncheckedExtrinsic>")
    .option("--metadata <file>", "metadata of the runtime that executed the extrinsics")
    .addHelpText("after", example("extrinsics --extrinsics extrinsics.json"))
    .action((options: { readonly extrinsics: string; readonly metadata?: string }) =>
      runOffline(() => extrinsicList(options.extrinsics, options.metadata)),
    );
}

interface RemarksOptions {
  readonly block: string;
  readonly metadata: string;
  readonly events: string;
}

function metadataFacts(path: string): object {
  const bytes = bytesOf(readInput(path));
  const { version, pallets } = isLegacyMetadata(bytes) ? decodeLegacyMetadata(bytes) : decodeMetadata(bytes);
  return { version, pallets: pallets.map(({ name }) => name) };
}

function eventList(metadataPath: string, eventsPath: string): object {
  const [metadata, events] = [readInput(metadataPath), readInput(eventsPath)];
  const records = compileEvents(decodeMetadata(bytesOf(metadata))).decode(bytesOf(events));
  return {
    events: records.map(({ phase, pallet, name, fields }) => ({ phase, pallet, event: name, fields })),
  };
}

async function remarkList({ block, metadata: runtime, events }: RemarksOptions): Promise<object> {
  const [body, bytes, value] = [readInput(block), readInput(runtime), readInput(events)];
  const metadata = decodeMetadata(bytesOf(bytes));
  const { extrinsics } = blockOf(body);
  const remarks = new BlockRemarks(await createNativeCrypto(), compileRemarks(metadata), extrinsics);
  const records = hasRemarked(metadata) ? compileEvents(metadata).decode(bytesOf(value)) : [];
  return {
    remarks: records.flatMap((record, event) => {
      const remarked = readRemarked(record);
      const found = remarked && remarks.of(remarked);
      return found === undefined ? [] : [{ event, ...remarked, bytes: found }];
    }),
  };
}

async function headerFacts(path: string): Promise<object> {
  const encoded = headerOf(readInput(path));
  const { number, ...rest } = decodeHeader(encoded);
  return { number, hash: headerHash(await createNativeCrypto(), encoded), ...rest };
}

async function extrinsicList(path: string, metadataPath: string | undefined): Promise<object> {
  const [given, runtime] = [
    readInput(path),
    metadataPath === undefined ? undefined : readInput(metadataPath),
  ];
  const extrinsics = extrinsicsOf(given);
  const metadata = runtime === undefined ? undefined : decodeMetadata(bytesOf(runtime));
  const crypto = await createNativeCrypto();
  return { extrinsics: extrinsics.map((bytes) => describeExtrinsic(crypto, bytes, metadata)) };
}
