import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { from0x, to0x } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { extrinsicsRoot } from "../../src/extrinsics/index.ts";
import {
  compileEvents,
  compileRemarks,
  decodeMetadata,
  type RuntimeMetadata,
  systemVersionOf,
} from "../../src/metadata/index.ts";
import { complete } from "../../src/work/index.ts";

interface RecordedBlock {
  readonly number: number;
  readonly header: { readonly extrinsicsRoot: string };
  readonly extrinsics: readonly string[];
  readonly events: string | null;
}

interface RecordedRemark {
  readonly event: number;
  readonly extrinsic: number;
  readonly sender: string;
  readonly hash: string;
}

/** The block whose body contains a runtime's code. The recording leaves that body out. */
const upgrade = 65;

describe("a current Substrate chain", () => {
  const it = recorded
    .extend("blocks", ({ files }) => files.json("live-node/blocks-0-90.json.gz").blocks as RecordedBlock[])
    .extend("runtimes", ({ files }) => {
      const { 100: before, 101: after } = files.json("live-node/metadata.json.gz");
      const [old, current] = [before, after].map((hex) => decodeMetadata(from0x(hex)));
      return (block: number) => (block <= upgrade ? old : current) as RuntimeMetadata;
    })
    .extend("remarksOf", ({ files }) => {
      const blocks = files.json("live-node/remarks.json") as {
        readonly block: number;
        readonly remarks: readonly RecordedRemark[];
      }[];
      return (number: number) => blocks.find(({ block }) => block === number)?.remarks ?? [];
    });

  it("states the trie layout of its extrinsics roots", ({ runtimes }) => {
    expect([upgrade, upgrade + 1].map((number) => systemVersionOf(runtimes(number)))).toEqual([1, 2]);
  });

  it("commits to bodies by the layout of each block's runtime", ({ blocks, runtimes }) => {
    const differs: number[] = [];
    for (const { number, header, extrinsics } of blocks) {
      if (number === upgrade) continue;
      const body = extrinsics.map(from0x);
      const version = number === 0 ? 0 : systemVersionOf(runtimes(number));
      expect(to0x(extrinsicsRoot(crypto, body, version)), `block ${number}`).toBe(header.extrinsicsRoot);
      if (to0x(extrinsicsRoot(crypto, body, 3 - version)) !== header.extrinsicsRoot) differs.push(number);
    }
    expect(differs).toEqual(expect.arrayContaining([68, 71, 74, 81, 84]));
  });

  it("contains each remark that its events name, in the extrinsic that they name", ({
    blocks,
    runtimes,
    remarksOf,
  }) => {
    let named = 0;
    for (const { number, extrinsics, events } of blocks) {
      if (events === null || number === upgrade) continue;
      const found = extrinsics.map((hex) =>
        complete(compileRemarks(runtimes(number))(from0x(hex))).map((remark) =>
          to0x(crypto.blake2b256(remark)),
        ),
      );
      const records = compileEvents(runtimes(number)).decode(from0x(events));
      const said = records.flatMap(({ pallet, name, phase, fields }, event) =>
        pallet === "System" && name === "Remarked" && phase.kind === "apply-extrinsic"
          ? [{ event, extrinsic: phase.index, sender: hex(fields["sender"]), hash: hex(fields["hash"]) }]
          : [],
      );
      expect(said, `block ${number}`).toEqual(remarksOf(number));
      for (const { extrinsic, hash } of said) expect(found[extrinsic], `block ${number}`).toContain(hash);
      named += said.length;
    }
    expect(named).toBe(17);
  });

  it("contains remarks that no event names, and decoys that are not remarks", ({
    blocks,
    runtimes,
    remarksOf,
  }) => {
    const counts = [30, 33, 36].map((number) => {
      const { extrinsics } = blocks.find((block) => block.number === number) as RecordedBlock;
      const found = extrinsics.flatMap((hex) => complete(compileRemarks(runtimes(number))(from0x(hex))));
      return [number, found.length, remarksOf(number).length];
    });
    expect(counts).toEqual([
      [30, 2, 1],
      [33, 1, 0],
      [36, 1, 1],
    ]);
  });
});

const hex = (field: unknown): string => to0x(field as Uint8Array);
