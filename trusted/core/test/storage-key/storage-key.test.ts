import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, from0x, fromHex, fromUtf8, to0x, toHex } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  blake2_128Concat,
  grandpaAuthoritiesKey,
  grandpaCurrentSetIdKey,
  identity,
  storagePrefix,
  systemEventsKey,
  timestampNowKey,
  twox64Concat,
  wellKnownKeys,
} from "../../src/storage-key/index.ts";

describe("keys that every Substrate chain has", () => {
  it("have the documented bytes", () => {
    expect(toHex(systemEventsKey(crypto))).toBe(
      "26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7",
    );
    expect(toHex(timestampNowKey(crypto))).toBe(
      "f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb",
    );
    expect(toHex(grandpaAuthoritiesKey(crypto))).toBe(
      "5f9cc45b7a00c5899361e1c6099678dc5e0621c4869aa60c02be9adcc98a0d1d",
    );
    expect(toHex(grandpaCurrentSetIdKey(crypto))).toBe(
      "5f9cc45b7a00c5899361e1c6099678dc8a2d09463effcc78a22d75b9cb87dffc",
    );
    expect(toHex(storagePrefix(crypto, "System", "Account"))).toBe(
      "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9",
    );
  });

  it("outside all pallets are texts", () => {
    expect([wellKnownKeys.code, wellKnownKeys.grandpaAuthorities].map(fromUtf8)).toEqual([
      ":code",
      ":grandpa_authorities",
    ]);
  });
});

describe("map keys", () => {
  it("end in the key itself", () => {
    const key = fromHex("0102");
    expect(blake2_128Concat(crypto, key)).toEqual(concat(crypto.blake2b128(key), key));
    expect(twox64Concat(crypto, key)).toEqual(concat(crypto.twox64(key), key));
    expect(identity(key)).toEqual(key);
  });
});

describe("recorded storage keys", () => {
  const it = recorded
    .extend("keys", ({ files }) => files.json("substrate/f-storage-keys.json"))
    .extend("phala", ({ files }) => files.json("phala/scale/storage-prefixes.json"));

  it("of pallets' items", ({ keys }) => {
    expect(keys.prefixes.length).toBe(11);
    for (const { pallet, item, prefix } of keys.prefixes)
      expect(to0x(storagePrefix(crypto, pallet, item)), `${pallet}.${item}`).toBe(prefix);
  });

  it("of accounts", ({ keys: { accountKeys, twox64ConcatKeys } }) => {
    for (const { accountId, key } of accountKeys)
      expect(
        to0x(concat(storagePrefix(crypto, "System", "Account"), blake2_128Concat(crypto, from0x(accountId)))),
      ).toBe(key);
    for (const { accountId, key } of twox64ConcatKeys)
      expect(key.slice(66)).toBe(toHex(twox64Concat(crypto, from0x(accountId))));
  });

  it("of Phala", ({ phala: { entries, more_DERIVED_BY_US } }) => {
    const all = Object.entries({ ...entries, ...more_DERIVED_BY_US });
    expect(all.length).toBe(68);
    for (const [name, prefix] of all) {
      const [pallet = "", item = ""] = name.replace(" (prefix)", "").split("::");
      expect(to0x(storagePrefix(crypto, pallet, item)), name).toBe(prefix);
    }
  });

  it("of Phala's double map", ({ phala: { double_map } }) => {
    const [first, second] = [fromHex(double_map.key1), fromHex(double_map.key2)];
    const prefix = storagePrefix(crypto, double_map.pallet, double_map.item);
    expect(toHex(concat(prefix, blake2_128Concat(crypto, first), blake2_128Concat(crypto, second)))).toBe(
      double_map.expect,
    );
  });
});
