/** Tests that removing a pallet from the list removes it from the whole runtime. */
import { developmentRoots } from "@pruntime/core/attestation";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { decodeMetadata, findPallet } from "@pruntime/core/metadata";
import { describe, expect, it } from "vitest";
import type { Context } from "../src/frame/context.ts";
import { dispatcherOf } from "../src/frame/dispatch.ts";
import { polkadotLimits } from "../src/frame/limits.ts";
import type { Pallet } from "../src/frame/pallet.ts";
import { createRuntimeCodecs } from "../src/metadata/codecs.ts";
import { palletsOf } from "../src/pallets/index.ts";
import { runtimeVersionOf, versionConstant } from "../src/runtime/version.ts";

const chain = {
  network: { kind: "solo" },
  maxPayload: 100,
  endowed: [],
  authoritiesKey: "Grandpa.Authorities",
  registry: { roots: developmentRoots(crypto) },
  limits: polkadotLimits,
  plain: false,
} as const;
const runtime = { version: versionConstant(runtimeVersionOf(1, 1, "solo")), authorities: [] };
const all = palletsOf(chain, runtime);

describe.each(["Utility", "Proxy", "Multisig", "Registry", "Execution"])("without %s", (left) => {
  const pallets: readonly Pallet[] = all.filter(({ name }) => name !== left);

  it("metadata names neither the pallet nor its types", () => {
    const bytes = createRuntimeCodecs(crypto, { pallets, role: "solo" }).metadata.get(16)!;
    const { types, pallets: named } = decodeMetadata(bytes);
    expect(named.map(({ name }) => name)).toEqual(pallets.map(({ name }) => name));
    expect(types.filter(({ path }) => path[0] === `pallet_${left.toLowerCase()}`)).toEqual([]);
  });

  it("its calls cannot be dispatched", () => {
    const { name: type, calls = [] } = all.find(({ name }) => name === left)!;
    const dispatch = dispatcherOf(pallets);
    for (const { name } of calls)
      expect(() => dispatch({} as Context, "0x", { type, value: { type: name, value: {} } })).toThrow(
        expect.objectContaining({ error: { type: "BadOrigin", value: undefined } }),
      );
  });
});

it("with all pallets, metadata names every pallet", () => {
  const metadata = decodeMetadata(
    createRuntimeCodecs(crypto, { pallets: all, role: "solo" }).metadata.get(16)!,
  );
  for (const { name, index } of all) expect(findPallet(metadata, name)?.index).toBe(index);
});

it("a plain chain has all pallets except this project's own", () => {
  const own = ["Registry", "Execution"];
  expect(palletsOf({ ...chain, plain: true }, runtime).map(({ name }) => name)).toEqual(
    all.map(({ name }) => name).filter((name) => !own.includes(name)),
  );
});
