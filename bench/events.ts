/** Runtime events: the recorded events of a Polkadot block, or, where the recording is absent, those of a block of the embedded chain. */
import { getDynamicBuilder, getLookupFn } from "@polkadot-api/metadata-builders";
import { metadata as metadataCodec, type UnifiedMetadata, unifyMetadata } from "@polkadot-api/substrate-bindings";
import { from0x } from "@pruntime/core/bytes";
import { compileEvents, decodeMetadata } from "@pruntime/core/metadata";
import { encode } from "@pruntime/core/scale";
import { fixtureJson, hasFixtures } from "../test/support/fixtures.ts";
import { compare, type Row } from "./harness.ts";

export const name = "Runtime metadata and System.Events, against polkadot-api's codecs";

interface Sample {
  readonly what: string;
  readonly metadata: Uint8Array;
  readonly events: Uint8Array;
}

export async function run(): Promise<Row[]> {
  const { what, metadata, events } = hasFixtures ? recorded() : await generated();
  const ours = compileEvents(decodeMetadata(metadata));
  const peer = peerDecoder(metadata);
  if (ours.decode(events).length !== (peer(events) as unknown[]).length) throw new Error("the two do not agree");
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
  const builder = getDynamicBuilder(getLookupFn(unifyMetadata(metadataCodec.dec(metadata)) as UnifiedMetadata));
  return builder.buildStorage("System", "Events").value.dec;
}

function recorded(): Sample {
  const { value, metadataFile } = fixtureJson("substrate/g-events-polkadot-18468942.json");
  const metadata = from0x(fixtureJson(`substrate/${metadataFile}`).metadata);
  return { what: "a Polkadot block (58)", metadata, events: from0x(value) };
}

async function generated(): Promise<Sample> {
  const { createRuntimeCodecs } = await import("../host/devchain/src/codecs.ts");
  const codecs = createRuntimeCodecs({ maxPayload: 1024, version });
  const metadata = codecs.metadata.get(14);
  if (metadata === undefined) throw new Error("the embedded chain has no metadata");
  const record = codecs.storage("System", "Events").enc([pushed]).subarray(1);
  const events = encode(undefined, (w) => {
    w.compact(58);
    for (let i = 0; i < 58; i++) w.raw(record);
  });
  return { what: "58 pushed commands", metadata, events };
}

const version = {
  spec_name: "devchain",
  impl_name: "devchain",
  authoring_version: 1,
  spec_version: 1,
  impl_version: 1,
  apis: [],
  transaction_version: 1,
  system_version: 1,
};

const pushed = {
  phase: { type: "ApplyExtrinsic", value: 1 },
  event: {
    type: "Execution",
    value: {
      type: "CommandPushed",
      value: { who: `0x${"11".repeat(32)}`, contract_id: 1, payload: new Uint8Array(200), number: 7 },
    },
  },
  topics: [],
};
