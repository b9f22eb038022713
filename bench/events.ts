/**
 * Decodes runtime events: the recorded events of a Polkadot block or, without the recording, generated
 * events of the embedded chain.
 */
import { getDynamicBuilder, getLookupFn } from "@polkadot-api/metadata-builders";
import { metadata as metadataCodec, unifyMetadata } from "@polkadot-api/substrate-bindings";
import { from0x } from "@pruntime/core/bytes";
import { compileEvents, decodeMetadata, findPallet } from "@pruntime/core/metadata";
import { encode } from "@pruntime/core/scale";
import { createDevchain } from "@pruntime/devchain";
import { type Files, recordedFiles } from "../test/support/recorded-files.ts";
import { compare, type Row } from "./harness.ts";

export const name = "Runtime metadata and System.Events, against polkadot-api's codecs";

interface Sample {
  readonly what: string;
  readonly metadata: Uint8Array;
  readonly events: Uint8Array;
}

export async function run(): Promise<Row[]> {
  const { what, metadata, events } =
    recordedFiles === undefined ? await generated() : recorded(recordedFiles);
  const ours = compileEvents(decodeMetadata(metadata));
  const peer = peerDecoder(metadata);
  if (ours.decode(events).length !== (peer(events) as unknown[]).length)
    throw new Error("the two decoders disagree");
  return [
    await compare(
      `events of ${what}`,
      () => ours.decode(events),
      () => peer(events),
    ),
    await compare(
      "metadata, up to the decoder",
      () => compileEvents(decodeMetadata(metadata)),
      () => peerDecoder(metadata),
    ),
  ];
}

function peerDecoder(metadata: Uint8Array): (events: Uint8Array) => unknown {
  const builder = getDynamicBuilder(getLookupFn(unifyMetadata(metadataCodec.dec(metadata)) as never));
  return builder.buildStorage("System", "Events").value.dec;
}

function recorded(files: Files): Sample {
  const { value, metadataFile } = files.json("substrate/g-events-polkadot-18468942.json");
  const metadata = from0x(files.json(`substrate/${metadataFile}`).metadata);
  return { what: "a Polkadot block (58)", metadata, events: from0x(value) };
}

async function generated(): Promise<Sample> {
  const chain = await createDevchain({ mode: { kind: "manual" } });
  const metadata = chain.metadata(14);
  chain.close();
  const pallet = findPallet(decodeMetadata(metadata), "Execution");
  if (pallet === undefined) throw new Error("the embedded chain has no commands");
  const records = Array.from({ length: 58 }, (_, i) => i);
  const events = encode(records, (w) =>
    w.vec(records, (each, extrinsic) => {
      each.u8(0).u32(extrinsic).u8(pallet.index).u8(0); // phase, CommandPushed
      each.raw(new Uint8Array(32)).u32(1).vecU8(new Uint8Array(200)).u32(extrinsic);
      each.compact(0); // topics
    }),
  );
  return { what: "58 pushed commands", metadata, events };
}
