import {
  Bytes,
  decAnyMetadata,
  Hex,
  Struct,
  str,
  Tuple,
  u8,
  u32,
  unifyMetadata,
  Vector,
} from "@polkadot-api/substrate-bindings";
import { concat, from0x, to0x } from "@pruntime/core/bytes";
import { compileEvents, decodeMetadata } from "@pruntime/core/metadata";
import { describe, expect, it } from "vitest";
import { growTo, manualChain } from "./support/chain.ts";
import { pushCommand, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const versionCodec = Struct({
  specName: str,
  implName: str,
  authoringVersion: u32,
  specVersion: u32,
  implVersion: u32,
  apis: Vector(Tuple(Hex(8), u32)),
  transactionVersion: u32,
  systemVersion: u8,
});
const none = new Uint8Array();
const alice = signer("Alice");

describe("metadata", () => {
  it.each([14, 15, 16] as const)("of version %i is read by two decoders", async (version) => {
    const chain = await manualChain();
    const bytes = chain.metadata(version);
    expect(bytes.slice(0, 5)).toEqual(Uint8Array.of(0x6d, 0x65, 0x74, 0x61, version));
    const names = unifyMetadata(decAnyMetadata(bytes)).pallets.map(({ name }) => name);
    expect(names).toEqual([
      "System",
      "Timestamp",
      "Grandpa",
      "Balances",
      "TransactionPayment",
      "Utility",
      "Proxy",
      "Multisig",
      "Registry",
      "Execution",
    ]);
    expect(() => compileEvents(decodeMetadata(bytes))).not.toThrow();
  });

  it("is returned by version, and as version 14 if no version is requested", async () => {
    const { callRuntime, genesis, metadata } = await manualChain();
    expect(callRuntime(genesis, "Metadata_metadata_versions", none)).toEqual(
      Uint8Array.of(12, 14, 0, 0, 0, 15, 0, 0, 0, 16, 0, 0, 0),
    );
    expect(callRuntime(genesis, "Metadata_metadata", none)).toEqual(Bytes().enc(metadata(14)));
    const asked = callRuntime(genesis, "Metadata_metadata_at_version", Uint8Array.of(15, 0, 0, 0));
    expect(asked).toEqual(concat(Uint8Array.of(1), Bytes().enc(metadata(15))));
    expect(callRuntime(genesis, "Metadata_metadata_at_version", Uint8Array.of(13, 0, 0, 0))).toEqual(
      Uint8Array.of(0),
    );
  });
});

describe("the version", () => {
  it("is the same in JSON, in the API and in the constant", async () => {
    const chain = await manualChain();
    const version = chain.callRuntime(chain.genesis, "Core_version", none);
    const constants = unifyMetadata(decAnyMetadata(chain.metadata(16))).pallets[0]!.constants;
    expect(from0x(constants.find(({ name }) => name === "Version")!.value)).toEqual(version);
    const {
      specName,
      implName,
      authoringVersion,
      specVersion,
      implVersion,
      apis,
      transactionVersion,
      systemVersion,
    } = chain.runtimeVersion;
    const fields = [
      specName,
      implName,
      authoringVersion,
      specVersion,
      implVersion,
      apis,
      transactionVersion,
      systemVersion,
    ];
    expect(Object.values(versionCodec.dec(version))).toEqual(fields);
  });
});

describe("runtime calls", () => {
  it.each(["Grandpa.Authorities", ":grandpa_authorities"] as const)(
    "return the authorities (%s) and the set id in the state of their block",
    async (authoritiesKey) => {
      const chain = await manualChain({ rotateEvery: 2, authoritiesKey });
      growTo(chain, 2);
      const [before, after] = [chain.blockAt(1)!, chain.blockAt(2)!];
      const call = (block: typeof before, method: string): string =>
        to0x(chain.callRuntime(block, method, none));
      expect([before, after].map((block) => call(block, "GrandpaApi_current_set_id"))).toEqual([
        "0x0000000000000000",
        "0x0100000000000000",
      ]);
      expect(call(before, "GrandpaApi_grandpa_authorities")).not.toBe(
        call(after, "GrandpaApi_grandpa_authorities"),
      );
    },
  );

  it("validate a transaction", async () => {
    const chain = await manualChain();
    const validate = (extrinsic: Uint8Array): string =>
      to0x(
        chain.callRuntime(
          chain.best(),
          "TaggedTransactionQueue_validate_transaction",
          Uint8Array.of(2, ...extrinsic, ...chain.best().hash),
        ),
      );
    const tag = (nonce: number): string =>
      `90${to0x(alice.id).slice(2)}${nonce.toString(16).padStart(2, "0")}000000`;
    const good = signed(chain, alice, pushCommand(1, none));
    expect(validate(good)).toBe(`0x00${"00".repeat(8)}0004${tag(0)}${"ff".repeat(8)}01`);
    expect(validate(signed(chain, alice, pushCommand(1, none), { nonce: 5 }))).toContain(
      `04${tag(4)}04${tag(5)}`,
    );
    chain.submit(good);
    chain.produceBlock();
    expect(validate(good)).toBe("0x010003"); // Err(Invalid(Stale))
    const foreign = signed(chain, alice, pushCommand(1, none), { specVersion: 9 });
    expect(validate(foreign)).toBe("0x010004"); // Err(Invalid(BadProof))
  });

  it("report a fee of zero", async () => {
    const chain = await manualChain();
    const extrinsic = signed(chain, alice, pushCommand(1, none));
    const args = Uint8Array.of(...extrinsic, extrinsic.length, 0, 0, 0);
    expect(to0x(chain.callRuntime(chain.genesis, "TransactionPaymentApi_query_info", args))).toMatch(
      /00(00){16}$/,
    );
  });

  it.each(["", "Core", "Core_", "Core_nothing", "constructor_name", "No_such"])(
    "refuse the method %j",
    async (method) => {
      const chain = await manualChain();
      expect(() => chain.callRuntime(chain.genesis, method, none)).toThrow("devchain/unknown-runtime-api");
    },
  );

  it.each([
    ["missing", "AccountNonceApi_account_nonce", none],
    ["too many", "GrandpaApi_current_set_id", Uint8Array.of(0)],
    ["cut short", "Metadata_metadata_at_version", Uint8Array.of(14, 0, 0)],
    ["not an extrinsic", "TransactionPaymentApi_query_info", Uint8Array.of(255)],
  ])("refuse arguments that are %s", async (_, method, args) => {
    const chain = await manualChain();
    expect(() => chain.callRuntime(chain.genesis, method, args)).toThrow("devchain/bad-arguments");
  });
});
