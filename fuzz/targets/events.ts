import { utf8 } from "@pruntime/core/bytes";
import { compileEvents, decodeMetadata, decodeValue } from "@pruntime/core/metadata";
import { systemEventsKey } from "@pruntime/core/storage-key";
import { createDevchain } from "@pruntime/devchain";
import {
  batch,
  pushCommand,
  remarkWithEvent,
  signed,
  transfer,
} from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { keptInput } from "../corpus.ts";
import { each, type Target } from "../target.ts";

const metadata = decodeMetadata(keptInput("metadata", "devchain-14"));
const events = compileEvents(metadata);
const account = metadata.types.findIndex(({ path }) => path.at(-1) === "AccountId32");

/** Decodes events, or a value of the type that the first two bytes choose. */
export const target: Target = {
  run: (input) =>
    each(input, {
      events: (bytes) => events.decode(bytes),
      value: ([low = 0, high = 0, ...rest]) =>
        decodeValue(metadata, (low + 256 * high) % metadata.types.length, Uint8Array.from(rest)),
    }),
  genuine: async () => {
    const chain = await createDevchain({ mode: { kind: "manual" }, now: () => 1_600_000_000_000 });
    const [alice, bob] = [signer("Alice"), signer("Bob")];
    const inBlock = (...calls: readonly Uint8Array[]) => {
      for (const call of calls) {
        chain.submit(signed(chain, alice, call));
        chain.produceBlock();
      }
      return chain.stateOf(chain.best()).get(systemEventsKey(chain.crypto)) ?? new Uint8Array();
    };
    const command = pushCommand(2, utf8('{"Plain":"{}"}'));
    chain.produceBlock();
    const inputs = {
      quiet: inBlock(),
      command: inBlock(command),
      batch: inBlock(
        batch("force_batch", [
          command,
          transfer("allow_death", bob.id, 10n ** 40n),
          remarkWithEvent(utf8("pruntime")),
        ]),
      ),
      transfer: inBlock(transfer("keep_alive", bob.id, 10n ** 12n)),
      value: Uint8Array.of(account & 0xff, account >> 8, ...alice.id),
    };
    chain.close();
    return inputs;
  },
};
