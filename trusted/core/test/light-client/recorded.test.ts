import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { from0x, to0x } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  decodeAuthoritySetRecord,
  decodeCheckpoint,
  encodeCheckpoint,
  lightSyncCheckpoint,
  startFromCheckpoint,
} from "../../src/light-client/index.ts";

interface Entry {
  readonly chainId: string;
  readonly finalizedBlockHeader: string;
  readonly grandpaAuthoritySet: string;
  readonly expect: {
    readonly number: number;
    readonly hash: string;
    readonly setId: number;
    readonly authorities: number;
    readonly setStartedAfterBlock: number;
  };
}

const code = (expected: string) => expect.objectContaining({ code: expected });
const genesisHash = new Uint8Array(32);
const it = recorded
  .extend("entries", ({ files }): Entry[] => files.json("substrate/a-lightsync-checkpoints.json.gz").entries)
  .extend("entryOf", ({ entries }) => (name: string) => {
    const found = entries.find((entry) => `${entry.chainId} ${entry.expect.number}` === name);
    if (found === undefined) throw new Error(`no checkpoint of ${name}`);
    return found;
  });
const names = [
  "polkadot 4879872",
  "polkadot 10327234",
  "polkadot 31500611",
  "ksmcc3 7423566",
  "westend2 5509229",
  "westend2 32057689",
  "paseo 2325700",
];
const read = ({ finalizedBlockHeader, grandpaAuthoritySet }: Entry) =>
  lightSyncCheckpoint(genesisHash, {
    babeFinalizedBlockWeight: 1,
    finalizedBlockHeader,
    grandpaAuthoritySet,
  });

describe("public light-sync checkpoints", () => {
  it("are these", ({ entries }) => expect(entries.length).toBe(names.length));

  it.for(names)("%s", (name, { entryOf }) => {
    const entry = entryOf(name);
    const { finalized, authorities } = startFromCheckpoint(crypto, read(entry));
    const { number, hash, setId, authorities: count, setStartedAfterBlock } = entry.expect;
    expect([
      finalized.number,
      to0x(finalized.hash),
      authorities.setId,
      authorities.authorities.length,
    ]).toEqual([...[number, hash], ...[BigInt(setId), count]]);
    const last = decodeAuthoritySetRecord(from0x(entry.grandpaAuthoritySet)).history.at(-1);
    expect(last).toEqual({ setId: BigInt(setId - 1), lastBlock: setStartedAfterBlock });
    expect(setStartedAfterBlock).toBeLessThan(number);
    expect(decodeCheckpoint(encodeCheckpoint(read(entry)))).toEqual(read(entry));
  });

  it.for(names)("%s is refused with another set id, cut short or extended", (name, { entryOf }) => {
    const entry = entryOf(name);
    const { grandpaAuthoritySet: record } = entry;
    const { authorities } = decodeAuthoritySetRecord(from0x(record));
    const at = 2 * (1 + (authorities.length > 63 ? 2 : 1) + 40 * authorities.length - 1) + 2;
    const digit = record[at + 1] === "0" ? "1" : "0";
    const tampered = (text: string) => () => read({ ...entry, grandpaAuthoritySet: text });
    expect(tampered(`${record.slice(0, at + 1)}${digit}${record.slice(at + 2)}`)).toThrow(
      code("checkpoint/bad-history"),
    );
    expect(tampered(record.slice(0, -2))).toThrow(code("codec/too-long"));
    expect(tampered(`${record}00`)).toThrow(code("codec/trailing"));
    expect(() => read({ ...entry, finalizedBlockHeader: entry.finalizedBlockHeader.slice(0, -2) })).toThrow(
      code(expect.stringMatching(/^codec\//) as string),
    );
  });
});

describe("recorded ends of authority sets", () => {
  const ends = it.extend(
    "changesOf",
    ({ files }) =>
      (chain: string): [number, number][] =>
        files.json(`substrate/a-authority-set-changes-${chain}.json.gz`).changes,
  );

  ends.for(["polkadot", "paseo"])("of %s have consecutive ids and rise", (chain, { changesOf }) => {
    const changes = changesOf(chain);
    for (let i = 1; i < changes.length; i++) {
      const [[id, block], [next, later]] = [changes[i - 1] ?? [0, 0], changes[i] ?? [0, 0]];
      expect(next).toBe(id + 1);
      expect(later).toBeGreaterThan(block);
    }
  });

  ends.for(["polkadot", "paseo"])(
    "of %s agree with earlier checkpoints, and name their sets",
    (chain, { entries, changesOf }) => {
      const changes = new Map(changesOf(chain));
      for (const entry of entries.filter(({ chainId }) => chainId === chain)) {
        for (const { setId, lastBlock } of decodeAuthoritySetRecord(from0x(entry.grandpaAuthoritySet))
          .history)
          expect(changes.get(Number(setId))).toBe(lastBlock);
        const { number, setId } = entry.expect;
        expect(changes.get(setId - 1)).toBeLessThan(number);
        expect(changes.get(setId)).toBeGreaterThanOrEqual(number);
      }
    },
  );

  ends("of polkadot put the change in header 512271 at the end of set 50", ({ files, changesOf }) => {
    const { number, endsSetId } = files.json("substrate/a-setchange-header-polkadot-512271.json");
    expect(new Map(changesOf("polkadot")).get(endsSetId)).toBe(number);
  });
});
