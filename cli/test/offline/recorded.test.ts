import { concat, from0x, to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { encode } from "@pruntime/core/scale";
import { describe, expect } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { file, pruntime } from "./command.ts";

describe("the command on recorded data", () => {
  const it = recorded
    .extend(
      "load",
      ({ files }) =>
        (name: string) =>
          files.json(`substrate/${name}`),
    )
    .extend("specOf", ({ load }) => (chain: string) => {
      const { top, childrenDefault, genesisHash, header, stateVersion } = load(`c-genesis-${chain}.json.gz`);
      const path = file(".json", { name: chain, genesis: { raw: { top, childrenDefault } } });
      return {
        path,
        answer: { exit: 0, json: { ok: true, genesisHash, stateRoot: header.stateRoot, stateVersion } },
      };
    });

  it.for(["asset-hub-polkadot", "bridge-hub-polkadot", "paseo-people", "polkadot", "westend"])(
    "computes the genesis of %s",
    async (chain, { specOf }) => {
      const { path, answer } = specOf(chain);
      expect(await pruntime("verify", "genesis", "--spec", path)).toEqual(answer);
    },
  );

  it("computes the genesis of rococo with a given state version, which its code does not state", async ({
    specOf,
  }) => {
    const { path, answer } = specOf("rococo");
    expect((await pruntime("verify", "genesis", "--spec", path)).json.code).toBe(
      "spec/state-version-unknown",
    );
    expect(await pruntime("verify", "genesis", "--spec", path, "--state-version", "0")).toEqual(answer);
  });

  it("kusama 2857472 is final, by itself and as a warp proof", async ({ load }) => {
    const data = load("a-justification-kusama-2857472.json");
    const authorities = file(".json", data.authorities);
    const given = ["--authorities", authorities, "--set-id", "1101"];
    const files = [
      "--justification",
      file(".hex", data.justification),
      "--header",
      file(".hex", data.header),
    ];
    expect((await pruntime("verify", "finality", ...given, ...files)).json).toEqual({
      ...{ ok: true, number: 2857472, hash: data.targetHash, round: 328 },
      ...{ votes: 234, weight: 234, threshold: 234 },
    });
    const { proof } = load("b-warp-kusama-2857472.json");
    expect((await pruntime("verify", "warp", ...given, "--proof", file(".hex", proof))).json).toEqual({
      ...{ ok: true, number: 2857472, hash: data.targetHash, setId: 1101, authorities: 350 },
    });
  });

  it("blocks match their headers, but not if an extrinsic is left out", async ({ load }) => {
    for (const { header, extrinsics, hash, extrinsicsRoot, number } of load("e-blocks.json.gz").blocks) {
      const body = (list: readonly Uint8Array[]) =>
        concat(
          from0x(header),
          encode(list, (w) => w.vec(list, (w, extrinsic) => w.raw(extrinsic))),
          Uint8Array.of(0),
        );
      const list = (extrinsics as string[]).map(from0x);
      const { json } = await pruntime("verify", "block", "--block", file("", body(list)));
      expect(json).toEqual({ ok: true, number, hash, extrinsicsRoot, extrinsics: list.length });
      const refused = await pruntime("verify", "block", "--block", file("", body(list.slice(1))));
      expect(refused.json.code).toBe("block/wrong-extrinsics-root");
    }
  });

  it("a claim is in polkadot's genesis state, and its neighbour is not", async ({ load }) => {
    const { stateRoot, proofNodes, expect: known } = load("d-proof-polkadot-genesis-claim.json");
    const [{ key, value }] = known.entriesInProof;
    const ask = (of: string) =>
      pruntime(
        "verify",
        "storage",
        "--root",
        stateRoot,
        "--key",
        of,
        "--proof",
        file(".json", proofNodes),
        "--state-version",
        "0",
      );
    expect((await ask(key)).json).toEqual({ ok: true, value });
    expect((await ask(`${key}25`)).json).toEqual({ ok: true, value: null });
    expect((await ask("0x3a636f6465")).json.code).toBe("trie/incomplete-proof");
  });

  it("58 events of polkadot 18468942 decode, and its metadata names its pallets", async ({ load }) => {
    const { value, metadataFile } = load("g-events-polkadot-18468942.json");
    const { metadata } = load(metadataFile);
    const files = ["--metadata", file(".hex", metadata)];
    const { json } = await pruntime(
      "decode",
      "events",
      ...files,
      "--events",
      file(".json", JSON.stringify(to0x(from0x(value)))),
    );
    expect(json.events).toHaveLength(58);
    expect((await pruntime("decode", "metadata", ...files)).json.pallets[0]).toBe("System");
  });
});

describe("a current Substrate chain", () => {
  const it = recorded.extend("blocks", ({ files }) => files.json("live-node/blocks-0-90.json.gz").blocks);

  it("has extrinsics roots in layout V0 or V1, as its system version determines", async ({ blocks }) => {
    const block = (number: number, version: string) => {
      const { header, extrinsics } = blocks[number];
      const path = file(".json", { block: { header, extrinsics } });
      return pruntime("verify", "block", "--block", path, "--system-version", version);
    };
    for (const [number, right, wrong] of [
      [42, "1", "2"],
      [68, "2", "1"],
    ] as const) {
      expect((await block(number, right)).json).toMatchObject({ ok: true, number });
      expect((await block(number, wrong)).json.code).toBe("block/wrong-extrinsics-root");
    }
    expect((await block(1, "256")).exit).toBe(2);
  });

  it("has the remarks that its events name, at any depth", async ({ blocks, files }) => {
    const metadata = files.json("live-node/metadata.json.gz");
    for (const { block, remarks } of files.json("live-node/remarks.json")) {
      const { header, extrinsics, events } = blocks[block];
      const { json } = await pruntime(
        ...["decode", "remarks", "--block", file(".json", { block: { header, extrinsics } })],
        ...["--metadata", file(".hex", metadata[block > 65 ? 101 : 100]), "--events", file(".hex", events)],
      );
      const found = json.remarks.map(({ bytes, ...rest }: { readonly bytes: string }) => {
        expect(to0x(crypto.blake2b256(from0x(bytes)))).toBe((rest as { hash?: string }).hash);
        return rest;
      });
      expect(json, `block ${block}`).toMatchObject({ ok: true });
      expect(found, `block ${block}`).toEqual(remarks);
    }
  });
});
