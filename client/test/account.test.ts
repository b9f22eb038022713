import { accountIdOf, accountOf } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";

const alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
const bad = expect.objectContaining({ code: "client/bad-account" });

describe("accounts", () => {
  it("come from development names, phrases and seeds", () => {
    expect(toHex(accountOf("//Alice").id)).toBe(alice);
    expect(
      toHex(accountOf("bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice").id),
    ).toBe(alice);
    expect(toHex(accountOf("0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a").id)).toBe(
      alice,
    );
  });

  it.each(["not a phrase", "0x12", "bottom drive obey lake curtain smoke basket hold race lonely fit fit"])(
    "refuse %s",
    (suri) => {
      expect(() => accountOf(suri)).toThrow(bad);
    },
  );

  it.each([alice, `0x${alice}`, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "//Alice"])(
    "are read from %s",
    (text) => {
      expect(toHex(accountIdOf(text))).toBe(alice);
    },
  );

  it("refuse an address with a wrong checksum", () => {
    expect(() => accountIdOf("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ")).toThrow(bad);
  });
});
