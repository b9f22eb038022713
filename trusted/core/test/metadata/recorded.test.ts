import fc from "fast-check";
import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, from0x } from "../../src/bytes/index.ts";
import { portableCrypto } from "../../src/crypto/index.ts";
import {
  compileEvents,
  decodeMetadata,
  decodeValue,
  findConstant,
  findStorage,
  hasEvent,
  requireEvent,
} from "../../src/metadata/index.ts";
import { codeOf } from "../support/code.ts";
import { ours, peerOf, peers } from "./peer.ts";

const file = (version: number) => `substrate/g-metadata-v${version}-polkadot.json.gz`;

describe("recorded Polkadot metadata", () => {
  const versions = [14, 15, 16];
  const it = recorded.extend(
    "bytesOf",
    ({ files }) =>
      (version: number) =>
        from0x(files.json(file(version)).metadata),
  );

  it.for(versions)(
    "version %i decodes completely, with the recorded pallets",
    (version, { files, bytesOf }) => {
      const { facts, blake2_256 } = files.json(file(version));
      const [bytes, pallets] = [bytesOf(version), facts.pallets as string[]];
      expect(portableCrypto.blake2b256(bytes)).toEqual(from0x(blake2_256));
      const metadata = decodeMetadata(bytes);
      expect(metadata.version).toBe(version);
      expect(metadata.pallets.map(({ name }) => name)).toEqual(pallets);
      expect(pallets.length).toBe(version === 14 ? 52 : 61);
    },
  );

  it.for(versions)("version %i gives the same facts about pallets as the peer", (version, { bytesOf }) => {
    const bytes = bytesOf(version);
    const metadata = decodeMetadata(bytes);
    const peer = peerOf(bytes);
    expect(metadata.types.length).toBe(peer.types);
    const summary = metadata.pallets.map(({ name, index, calls, events, errors, storage, constants }) => {
      const items = [...(storage?.items ?? [])].map(([item, { modifier, key, value, fallback }]) => ({
        ...{ item, modifier: modifier === "default" ? 1 : 0, key, value },
        fallback: ours(fallback),
      }));
      return {
        name,
        index,
        calls,
        events,
        errors,
        prefix: storage?.prefix,
        items,
        constants: [...constants.keys()],
      };
    });
    const expected = peer.pallets.map((p) => ({
      ...{
        name: p.name,
        index: p.index,
        calls: p.calls?.type,
        events: p.events?.type,
        errors: p.errors?.type,
      },
      prefix: p.storage?.prefix,
      // biome-ignore lint/suspicious/noExplicitAny: the peer's own types
      items: (p.storage?.items ?? []).map((i: any) => ({
        ...{ item: i.name, modifier: i.modifier, key: i.type.tag === "map" ? i.type.value.key : undefined },
        value: i.type.tag === "map" ? i.type.value.value : i.type.value,
        fallback: i.fallback,
      })),
      constants: p.constants.map((c: { name: string }) => c.name),
    }));
    expect(summary).toEqual(expected);
  });

  it.for(versions)(
    "every constant and fallback of version %i decodes to the peer's value",
    (version, { bytesOf }) => {
      const bytes = bytesOf(version);
      const metadata = decodeMetadata(bytes);
      const peer = peerOf(bytes);
      let compared = 0;
      for (const { storage, constants } of metadata.pallets) {
        const defaults = [...(storage?.items.values() ?? [])].filter(
          ({ modifier }) => modifier === "default",
        );
        for (const [type, value] of [
          ...defaults.map((item) => [item.value, item.fallback] as const),
          ...[...constants.values()].map((constant) => [constant.type, constant.value] as const),
        ]) {
          expect(ours(decodeValue(metadata, type, value)), `type ${type}`).toEqual(
            peers(peer.decode(type, value)),
          );
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(200);
    },
  );

  it.for(versions)(
    "version %i compiles to an events decoder that reads an empty list",
    (version, { bytesOf }) =>
      expect(compileEvents(decodeMetadata(bytesOf(version))).decode(Uint8Array.of(0))).toEqual([]),
  );

  it.for(versions)(
    "truncated or damaged bytes of version %i give only coded errors",
    (version, { bytesOf }) => {
      const bytes = bytesOf(version);
      const length = fc.oneof(fc.nat(2000), fc.nat(bytes.length - 1));
      fc.assert(
        fc.property(length, (end) => {
          expect(codeOf(() => decodeMetadata(bytes.subarray(0, end)))).toMatch(
            /^codec\/(truncated|too-long)$/,
          );
        }),
        { numRuns: 30 },
      );
      const damage = fc.tuple(length, fc.integer({ min: 1, max: 255 }));
      fc.assert(
        fc.property(damage, ([at, mask]) => {
          const damaged = bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
          expect(codeOf(() => compileEvents(decodeMetadata(damaged)))).toMatch(
            /^(accepted|(codec|metadata|bytes)\/.*)$/,
          );
        }),
        { numRuns: 30 },
      );
    },
  );

  it("states what a runtime contains", ({ bytesOf }) => {
    const metadata = decodeMetadata(bytesOf(14));
    requireEvent(metadata, "Balances", "Transfer", { from: "[u8; 32]", to: "[u8; 32]", amount: "u128" });
    requireEvent(metadata, "System", "Remarked", { sender: "[u8; 32]", hash: "[u8; 32]" });
    expect(hasEvent(metadata, "System", "Remarked")).toBe(true);
    expect(hasEvent(metadata, "Execution", "CommandPushed")).toBe(false);
    expect(findStorage(metadata, "Grandpa", "CurrentSetId")).toMatchObject({
      modifier: "default",
      key: undefined,
    });
    expect(findStorage(metadata, "Paras", "Heads")).toMatchObject({
      modifier: "optional",
      hashers: ["twox-64-concat"],
    });
    const deposit = findConstant(metadata, "Balances", "ExistentialDeposit");
    expect(decodeValue(metadata, deposit?.type as number, deposit?.value as Uint8Array)).toBe(
      10_000_000_000n,
    );
  });
});

describe("recorded System.Events of Polkadot block 18468942", () => {
  const it = recorded
    .extend("block", ({ files }) => files.json("substrate/g-events-polkadot-18468942.json"))
    .extend("events", ({ block }) => from0x(block.value))
    .extend("metadata", ({ files, block }) => from0x(files.json(`substrate/${block.metadataFile}`).metadata))
    .extend("decoder", ({ metadata }) => compileEvents(decodeMetadata(metadata)));

  it("decodes to the same 58 records as the peer", ({ metadata, events, decoder }) => {
    const expected = peerOf(metadata).events(events);
    const records = decoder.decode(events);
    expect(records.length).toBe(58);
    records.forEach(({ phase, pallet, name, fields, topics }, i) => {
      const { phase: peerPhase, event, topics: peerTopics } = expected[i];
      expect([pallet, name]).toEqual([event.type, event.value.type]);
      expect(ours(fields)).toEqual(peers(event.value.value));
      expect(topics.map(ours)).toEqual(peers(peerTopics));
      const index = phase.kind === "apply-extrinsic" ? phase.index : null;
      expect([phase.kind, index]).toEqual([
        phaseNames[peerPhase.type as "Finalization"],
        peerPhase.value ?? null,
      ]);
    });
  });

  it("gives the events and phases that a third decoder recorded", ({ block, events, decoder }) => {
    const mine = decoder
      .decode(events)
      .map(({ pallet, name, phase }) => [`${pallet}.${name}`.toLowerCase(), phase.kind]);
    const third = block.decoded.map(({ event, phase }: { event: string; phase: string }) => [
      event.toLowerCase(),
      phase.startsWith("{") ? "apply-extrinsic" : phase.toLowerCase(),
    ]);
    expect(mine).toEqual(third);
  });

  it("reads an offset view", ({ events, decoder }) => {
    const view = concat(Uint8Array.of(1, 2, 3), events, Uint8Array.of(4)).subarray(3, 3 + events.length);
    expect(decoder.decode(view)).toEqual(decoder.decode(events));
  });

  it("refuses every strict prefix, and an additional byte", ({ events, decoder }) => {
    for (let end = 0; end < events.length; end += end < 300 ? 1 : 17)
      expect(codeOf(() => decoder.decode(events.subarray(0, end)))).toMatch(/^codec\/(truncated|too-long)$/);
    expect(codeOf(() => decoder.decode(concat(events, Uint8Array.of(0))))).toBe("codec/trailing");
  });

  it("throws only coded errors for damaged bytes", ({ events, decoder }) => {
    const damage = fc.array(fc.tuple(fc.nat(events.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Uint8Array.from(events);
        for (const [at, byte] of changes) damaged[at] = byte;
        expect(codeOf(() => decoder.decode(damaged))).toMatch(/^(accepted|(codec|metadata|bytes)\/.*)$/);
      }),
      { numRuns: 300 },
    );
  });

  it("reads any bytes as any type of the runtime, or refuses them with a code", ({ metadata }) => {
    const decoded = decodeMetadata(metadata);
    fc.assert(
      fc.property(fc.nat(decoded.types.length - 1), fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
        expect(codeOf(() => decodeValue(decoded, type, bytes))).toMatch(
          /^(accepted|(codec|metadata|bytes)\/.*)$/,
        );
      }),
      { numRuns: 500 },
    );
  });
});

const phaseNames = {
  ApplyExtrinsic: "apply-extrinsic",
  Finalization: "finalization",
  Initialization: "initialization",
};

describe("metadata of public bug reports", () => {
  recorded("reads events even if the outer enum still lists a removed pallet", ({ files }) => {
    const metadata = decodeMetadata(files.bytes("reports/outer-enum/polkadot-1002005.scale.gz"));
    const events = from0x(files.text("reports/outer-enum/events-1002005.hex").trim());
    expect(compileEvents(metadata).decode(events)).toMatchObject([
      { phase: { kind: "apply-extrinsic", index: 0 }, pallet: "System", name: "ExtrinsicSuccess" },
    ]);
  });

  recorded("reads metadata with a custom value of a type that does not exist", ({ files }) => {
    const { version, types } = decodeMetadata(files.bytes("reports/custom-values/custom-values.scale"));
    expect([version, types.length]).toEqual([15, 7]);
  });
});
