/** Reads signers of extrinsics as the metadata defines them: 20 or 32 bytes, bare or in a MultiAddress. */
import { from0x, to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import type { RegistryType, RuntimeMetadata, TypeDefinition } from "@pruntime/core/metadata";
import { encode } from "@pruntime/core/scale";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { describeExtrinsic } from "../../src/offline/extrinsics.ts";

const type = (definition: TypeDefinition, ...path: string[]): RegistryType => ({
  path,
  parameters: new Map(),
  definition,
});
const field = (of: number) => ({ name: undefined, type: of });
const variant = (name: string, index: number, ...of: number[]) => ({ name, index, fields: of.map(field) });
const bytes = (length: number): TypeDefinition => ({ kind: "array", length, element: 0 });
const newtype = (of: number): TypeDefinition => ({ kind: "composite", fields: [field(of)] });

/** Positions in the registry below. */
const id = {
  u8: 0,
  a20: 1,
  a32: 2,
  a65: 4,
  account20: 5,
  account32: 6,
  ethereum: 7,
  unit: 8,
  none: 9,
  raw: 10,
};
const [multi20, multi32, multiSignature] = [11, 12, 13];

const multiAddress = (account: number, index: number): TypeDefinition => ({
  kind: "variant",
  variants: [
    variant("Id", 0, account),
    variant("Index", 1, index),
    variant("Raw", 2, id.raw),
    variant("Address32", 3, id.a32),
    variant("Address20", 4, id.a20),
  ],
});

const types: readonly RegistryType[] = [
  type({ kind: "primitive", primitive: "u8" }),
  type(bytes(20)),
  type(bytes(32)),
  type(bytes(64)),
  type(bytes(65)),
  type(newtype(1), "account", "AccountId20"),
  type(newtype(2), "sp_core", "crypto", "AccountId32"),
  type(newtype(4), "account", "EthereumSignature"),
  type({ kind: "tuple", elements: [] }),
  type({ kind: "compact", element: 8 }),
  type({ kind: "sequence", element: 0 }),
  type(multiAddress(id.account20, id.none), "sp_runtime", "multiaddress", "MultiAddress"),
  type(multiAddress(id.account32, id.none), "sp_runtime", "multiaddress", "MultiAddress"),
  type(
    {
      kind: "variant",
      variants: [variant("Ed25519", 0, 3), variant("Sr25519", 1, 3), variant("Ecdsa", 2, 4)],
    },
    "sp_runtime",
    "MultiSignature",
  ),
];

function metadataWith(address: number, signature: number): RuntimeMetadata {
  const extrinsic = { address, signature, call: id.unit, extensions: new Map() };
  return { version: 14, types, pallets: [], extrinsic };
}

const moonbeam = metadataWith(id.account20, id.ethereum);
const account20 = "ab".repeat(20);
const rest = "00000400000008abcd";

function describeSigned(body: string, metadata: RuntimeMetadata): Record<string, unknown> {
  const encoded = encode(from0x(`0x84${body}`), (w, content) => w.vecU8(content));
  return JSON.parse(
    JSON.stringify(describeExtrinsic(crypto, encoded, metadata), (_, value: unknown) =>
      value instanceof Uint8Array ? to0x(value) : value,
    ),
  ) as Record<string, unknown>;
}

describe("the signer by the metadata's types", () => {
  it.each([
    ["a bare account of 20 bytes", moonbeam, account20, { kind: "account20", id: `0x${account20}` }],
    [
      "a bare account of 32 bytes",
      metadataWith(id.account32, id.ethereum),
      "cd".repeat(32),
      { kind: "account", id: `0x${"cd".repeat(32)}` },
    ],
    [
      "MultiAddress::Id of 20 bytes",
      metadataWith(multi20, id.ethereum),
      `00${account20}`,
      { kind: "account20", id: `0x${account20}` },
    ],
    ["MultiAddress::Index of ()", metadataWith(multi20, id.ethereum), "01", { kind: "index", index: null }],
    ["MultiAddress::Raw", metadataWith(multi32, id.ethereum), "02080102", { kind: "raw", bytes: "0x0102" }],
    [
      "MultiAddress::Address32",
      metadataWith(multi32, id.ethereum),
      `03${"cd".repeat(32)}`,
      { kind: "address32", bytes: `0x${"cd".repeat(32)}` },
    ],
    [
      "MultiAddress::Address20",
      metadataWith(multi32, id.ethereum),
      `04${account20}`,
      { kind: "address20", bytes: `0x${account20}` },
    ],
  ] as const)("%s", (_, metadata, address, signer) => {
    expect(describeSigned(`${address}${"11".repeat(65)}${rest}`, metadata)).toMatchObject({
      signer,
      signature: { kind: "ethereum", bytes: `0x${"11".repeat(65)}` },
      rest: `0x${rest}`,
    });
  });

  it("reads MultiSignature by its variants", () => {
    const metadata = metadataWith(multi32, multiSignature);
    const signed = `00${"cd".repeat(32)}01${"22".repeat(64)}${rest}`;
    expect(describeSigned(signed, metadata)).toMatchObject({
      signature: { kind: "sr25519", bytes: `0x${"22".repeat(64)}` },
      rest: `0x${rest}`,
    });
  });

  it.each([
    [
      "an address with an unknown tag",
      `05${account20}${"11".repeat(65)}`,
      metadataWith(multi32, id.ethereum),
    ],
    ["bytes that end inside the signature", `${account20}${"11".repeat(64)}`, moonbeam],
    ["bytes that end inside the address", "ab".repeat(19), moonbeam],
  ])("is unknown for %s", (_, body, metadata) => {
    expect(describeSigned(body, metadata)).toMatchObject({ signer: { kind: "unknown" }, rest: `0x${body}` });
  });

  it("is unknown if the account has an unsupported length", () => {
    const metadata = metadataWith(id.a65, id.ethereum);
    const answer = describeSigned(`${"ab".repeat(65)}${"11".repeat(65)}`, metadata);
    expect(answer["signer"]).toEqual({ kind: "unknown" });
  });

  recorded("names the signers of the recorded extrinsics of a chain with 20-byte accounts", ({ files }) => {
    const extrinsics = files.json("reports/extrinsics/moonbeam-ext.json") as readonly string[];
    const firstBytes = ["f2", "00", "20", "ff"];
    for (const [i, extrinsic] of extrinsics.entries()) {
      const { signer, rest: after } = describeSigned(extrinsic.slice(8), moonbeam);
      const account = `${firstBytes[i]}4ff3a41a3f58327d7442499b38a961e0a44d5f`;
      expect([signer, after]).toEqual([{ kind: "account20", id: `0x${account}` }, "0x000400000008abcd"]);
    }
  });
});
