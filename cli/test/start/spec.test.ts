/** Starts from a raw chain specification, made from the genesis state of an embedded chain. */
import { genesisAnchor } from "@pruntime/client/finality";
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { fromBase64, to0x } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import { startFromGenesis } from "@pruntime/core/light-client";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { inputOfSpec, specStart } from "../../src/start/spec.ts";
import { file } from "../offline/command.ts";
import { rawState } from "./raw-state.ts";

const crypto = await createNativeCrypto();
const zeros = `0x${"00".repeat(32)}`;

describe.each(["Grandpa.Authorities", ":grandpa_authorities"] as const)(
  "with authorities under %s",
  async (key) => {
    const chain = await createDevchain({ crypto, mode: { kind: "manual" }, authoritiesKey: key });
    afterAll(() => chain.close());
    const top = rawState(chain);
    const spec = file(".json", { name: "Embedded", genesis: { raw: { top, childrenDefault: {} } } });
    const genesis = to0x(chain.genesisHash);
    const flags = { told: false, spec };

    it("a specification proves the genesis, its authorities and its code", async () => {
      const input = await inputOfSpec({ ...flags, genesis });
      const info = decodeBridgeInitInfo(fromBase64(String(input.bridge_genesis_info_b64)));
      const start = startFromGenesis(crypto, info);
      expect(start.genesisHash).toEqual(chain.genesisHash);
      expect(start.authorities.authorities).toHaveLength(4);
      const proof = input.code_proof_b64!.map(fromBase64);
      const state = openStateProof(
        crypto.blake2b256,
        decodeHeader(chain.genesis.encodedHeader).stateRoot,
        proof,
      );
      expect(state.read(wellKnownKeys.code)).toEqual(chain.stateOf(chain.genesis).get(wellKnownKeys.code));
      expect(state.read(wellKnownKeys.pendingCode)).toBeUndefined();
      expect(input).toMatchObject({ genesis_balance: "none", channel_v1: false, skip_ra: true });
    });

    it("an anchor is trusted in place of the genesis hash", async () => {
      const { info } = specStart(crypto, spec);
      const genesisBalance = { kind: "account", account: new Uint8Array(32).fill(7), amount: 5n } as const;
      const anchor = to0x(genesisAnchor(chain.genesisHash, info, { genesisBalance }, crypto));
      expect(await inputOfSpec({ ...flags, anchor, genesisBalance })).toMatchObject({
        genesis_balance: `${"07".repeat(32)}:5`,
      });
      await expect(inputOfSpec({ ...flags, anchor })).rejects.toMatchObject({ code: "cli/other-anchor" });
    });

    it.each([
      ["cli/bad-argument", "nothing trusted", {}],
      ["cli/other-genesis", "another genesis", { genesis: zeros }],
      ["cli/other-anchor", "another anchor", { anchor: zeros }],
      ["cli/bad-argument", "metadata on trust", { genesis, told: true }],
      ["cli/bad-argument", "half a hash", { genesis: "0x00" }],
      ["cli/bad-file", "no file", { genesis, spec: "/nowhere.json" }],
    ])("%s: is refused with %s", async (code, _, change) => {
      await expect(inputOfSpec({ ...flags, ...change })).rejects.toMatchObject({ code });
    });

    it("cli/other-genesis: refuses a specification with a changed value", async () => {
      const other = file(".json", { genesis: { raw: { top: { ...top, "0x01": "0x02" } } } });
      await expect(inputOfSpec({ ...flags, spec: other, genesis })).rejects.toMatchObject({
        code: "cli/other-genesis",
      });
    });
  },
);

it("headers/no-authorities: refuses a specification without authorities", async () => {
  const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
  const code = chain.stateOf(chain.genesis).get(wellKnownKeys.code)!;
  chain.close();
  const top = { [to0x(wellKnownKeys.code)]: to0x(code) };
  const spec = file(".json", { genesis: { raw: { top } } });
  expect(() => specStart(crypto, spec)).toThrow(expect.objectContaining({ code: "headers/no-authorities" }));
});
