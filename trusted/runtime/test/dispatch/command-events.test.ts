import { utf8 } from "@pruntime/core/bytes";
import { complete } from "@pruntime/core/work";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import { compileCommandEvents } from "../../src/dispatch/command-events.ts";
import { alice, blockParts, bob, followed, initEvent } from "../support/devchain.ts";
import { newRuntime } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());

const named = (name: string) => Uint8Array.of(1, 4 * name.length, ...utf8(name));
const unnamed = Uint8Array.of(0);

/** The metadata with new declarations for some fields of `CommandPushed`. */
function redeclared(
  changes: readonly (readonly [string, Uint8Array])[],
  version: 14 | 15 | 16 = 14,
): Uint8Array {
  let metadata = Buffer.from(devchain.metadata(version));
  for (const [field, declared] of changes) {
    const at = metadata.indexOf(named(field), metadata.indexOf("CommandPushed"));
    expect(at).toBeGreaterThan(0);
    metadata = Buffer.concat([
      metadata.subarray(0, at),
      declared,
      metadata.subarray(at + named(field).length),
    ]);
  }
  return Uint8Array.from(metadata);
}

const nameless = ["who", "contract_id", "payload", "number"].map((field) => [field, unnamed] as const);

describe("CommandPushed", () => {
  it.each([
    ["V14", devchain.metadata(14)],
    ["V15", devchain.metadata(15)],
    ["V16", devchain.metadata(16)],
    ["with another name for its sender", redeclared([["who", named("sender")]])],
    ["without names, as in 2020", redeclared(nameless)],
  ])("is read: %s", async (_, metadata) => {
    const { chain, push } = await followed();
    push(2, Uint8Array.of(1, 2, 3));
    push(7, Uint8Array.of(4), bob);
    const block = chain.produceBlock();
    const { events } = blockParts(chain, block.header.number);
    const { read } = complete(compileCommandEvents(metadata));
    expect(complete(read(1, events!, undefined)).commands).toEqual([
      { index: 1, sender: alice.id, contractId: 2, payload: Uint8Array.of(1, 2, 3) },
      { index: 2, sender: bob.id, contractId: 7, payload: Uint8Array.of(4) },
    ]);
  });

  it.each([
    [
      "metadata/event-mismatch",
      "a field with an unknown name",
      () => redeclared([["contract_id", named("contract")]]),
    ],
    ["metadata/event-mismatch", "some fields without names", () => redeclared(nameless.slice(1))],
    [
      "metadata/missing",
      "a runtime without this event and without remarks",
      () => renamed("CommandPushed", "CommandPulled", "Remarked", "Remorked"),
    ],
    [
      "metadata/missing",
      "a runtime without this pallet and without remarks",
      () => renamed("Execution", "Executiom", "Remarked", "Remorked"),
    ],
    [
      "metadata/event-mismatch",
      "remarks whose sender has an unknown name",
      () => renamed("sender", "sander"),
    ],
  ])("%s: %s", (code, _, metadata) =>
    expect(codeOf(() => complete(compileCommandEvents(metadata())))).toBe(code),
  );
});

describe("a runtime's system_version", () => {
  it.each([
    ["accepted", 3],
    ["metadata/unknown-system-version", 4],
    ["metadata/unknown-system-version", 7],
  ])("%s: %i", async (code, version) => {
    const chain = await createDevchain({ mode: { kind: "manual" }, systemVersions: [version] });
    const init = initEvent(chain);
    chain.close();
    expect(codeOf(() => complete(compileCommandEvents(chain.metadata(14))))).toBe(code);
    const outcome = newRuntime().accept(init);
    expect(outcome.ok ? "accepted" : outcome.error.code).toBe(code);
  });
});

/**
 * The metadata with names replaced. `names` alternates between an old name and a new name of equal length.
 */
function renamed(...names: readonly string[]): Uint8Array {
  const metadata = Buffer.from(devchain.metadata(14));
  for (let i = 0; i < names.length; i += 2)
    for (let at = metadata.indexOf(names[i]!); at >= 0; at = metadata.indexOf(names[i]!))
      metadata.write(names[i + 1]!, at, "latin1");
  return Uint8Array.from(metadata);
}
