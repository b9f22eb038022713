/** Makes real signatures with every signer, and reads them with the worker's code. */
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  type Eip1193Provider,
  type ExtensionAccount,
  evmSigner,
  extensionSigner,
  type QuerySigner,
  type RawSigner,
  ss58Account,
} from "@pruntime/client";
import { secretSigner } from "@pruntime/client/keys";
import { concat, from0x, fromHex, to0x, toHex, utf8 } from "@pruntime/core/bytes";
import {
  eip191Hash,
  eip712QueryHash,
  evmAddress,
  queryTypedData,
  verifyOrigin,
} from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { signText } from "../src/signers/signer.ts";

const secret = new Uint8Array(32).fill(0x51);
const queryPayload = '{"Plain":"{}"}';
const code = (wanted: string) => expect.objectContaining({ code: wanted });

/** Returns the account that the worker reads from a signer's query. */
async function accountSeen(signer: QuerySigner): Promise<Uint8Array | undefined> {
  return verifyOrigin(crypto, { queryPayload, origin: await signText(signer, queryPayload) });
}

describe("secretSigner", () => {
  it.each(["sr25519", "ed25519", "ecdsa"] as const)("signs with an %s secret", async (type) => {
    const signer = secretSigner(type, secret);
    expect([await accountSeen(signer), signer.account.length]).toEqual([signer.account, 32]);
  });

  it("derives the same keys as other libraries", () => {
    expect(secretSigner("ed25519", secret).account).toEqual(ed25519.getPublicKey(secret));
    const alice = fromHex("e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a");
    expect(secretSigner("sr25519", alice).account).toEqual(
      ss58Account("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
    );
    const aliceEcdsa = fromHex("cb6df9de1efca7a3998a8ead4e02159d5fa99c3e0d4fd6432667390bb4726854");
    expect(toHex(secretSigner("ecdsa", aliceEcdsa).origin)).toBe(
      "020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1",
    );
  });

  it("refuses an invalid secret", () => {
    expect(() => secretSigner("sr25519", new Uint8Array(31))).toThrow(code("client/bad-account"));
    expect(() => secretSigner("ecdsa", new Uint8Array(32))).toThrow(code("client/bad-account"));
  });
});

/** An extension with one key. Like real extensions, it wraps the text that it signs. */
function extension(key: QuerySigner, seen: unknown[] = [], prefix: readonly number[] = []): RawSigner {
  return {
    signRaw: async (raw) => {
      seen.push(raw);
      const signed = await key.sign(concat(utf8("<Bytes>"), from0x(raw.data), utf8("</Bytes>")));
      return { signature: to0x(concat(Uint8Array.from(prefix), signed)) };
    },
  };
}

/**
 * Encodes an account as an SS58 address with @polkadot-labs/hdkd-helpers. The default network is the generic
 * one (42).
 */
async function addressOf(account: Uint8Array, network = 42): Promise<string> {
  const { ss58Encode } = await import("@polkadot-labs/hdkd-helpers");
  return ss58Encode(account, network);
}

describe("extensionSigner", () => {
  it.each(["sr25519", "ed25519", "ecdsa"] as const)("signs with the extension's %s account", async (type) => {
    const [key, seen] = [secretSigner(type, secret), [] as unknown[]];
    const address = await addressOf(key.account);
    const signer = extensionSigner(extension(key, seen), { address, type });
    expect(await accountSeen(signer)).toEqual(key.account);
    expect(seen).toEqual([{ address, data: to0x(utf8(queryPayload)), type: "bytes" }]);
  });

  it.each([
    ["sr25519", 1],
    ["ed25519", 0],
    ["ecdsa", 2],
  ] as const)("accepts %s signatures with the scheme number prepended", async (type, number) => {
    const key = secretSigner(type, secret);
    const signer = extensionSigner(extension(key, [], [number]), {
      address: await addressOf(key.account),
      type,
    });
    expect(await accountSeen(signer)).toEqual(key.account);
  });

  it("treats accounts without a type as sr25519", async () => {
    const key = secretSigner("sr25519", secret);
    expect(
      await accountSeen(extensionSigner(extension(key), { address: await addressOf(key.account) })),
    ).toEqual(key.account);
  });

  it("cannot use another account's signature", async () => {
    const address = await addressOf(secretSigner("sr25519", new Uint8Array(32).fill(1)).account);
    const signer = extensionSigner(extension(secretSigner("sr25519", secret)), { address });
    await expect(accountSeen(signer)).rejects.toMatchObject({ code: "query/bad-signature" });
  });

  const account: ExtensionAccount = { address: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
  it("refuses extensions and accounts that cannot sign text", () => {
    expect(() => extensionSigner({}, account)).toThrow(code("client/cannot-sign"));
    const key = extension(secretSigner("sr25519", secret));
    expect(() => extensionSigner(key, { ...account, type: "ethereum" })).toThrow(code("client/cannot-sign"));
    expect(() => extensionSigner(key, { ...account, type: "toString" })).toThrow(code("client/cannot-sign"));
    expect(() => extensionSigner(key, { address: "nobody" })).toThrow(code("client/bad-account"));
  });
});

const evm = crypto.secp256k1.signer(secret)!;
const address = to0x(evmAddress(crypto, evm.publicKey)!);

/** A wallet that hashes the message before it signs, and encodes v as real wallets do. */
const wallet: Eip1193Provider = {
  request: async ({ method, params }) => {
    const sign = (hash: Uint8Array): string => {
      const signature = evm.signRecoverable(hash);
      return to0x(signature.with(64, (signature[64] as number) + 27));
    };
    if (method === "personal_sign") {
      expect(params[1]).toBe(address);
      return sign(eip191Hash(crypto, from0x(params[0] as string)));
    }
    expect([method, params[0]]).toEqual(["eth_signTypedData_v4", address]);
    const typed = JSON.parse(params[1] as string) as ReturnType<typeof queryTypedData>;
    const message = from0x(typed.message.encodedQuery);
    expect(typed).toEqual(queryTypedData(message));
    return sign(eip712QueryHash(crypto, message));
  },
};

describe("evmSigner", () => {
  it.each(["eip191", "eip712"] as const)("signs with the wallet by %s", async (scheme) => {
    const signer = evmSigner(wallet, address, scheme);
    expect(await accountSeen(signer)).toEqual(concat(from0x(address), utf8("@evm_address")));
    expect(signer.account).toEqual(concat(from0x(address), utf8("@evm_address")));
  });

  it("by default uses the scheme that shows the user the purpose", () =>
    expect(evmSigner(wallet, address).sigType).toBe("eip712"));

  it("refuses invalid addresses, and wallets that return no signature", async () => {
    expect(() => evmSigner(wallet, "0x00")).toThrow(code("client/bad-account"));
    const signer = evmSigner({ request: () => Promise.resolve(null) }, address);
    await expect(accountSeen(signer)).rejects.toMatchObject({ code: "client/cannot-sign" });
  });
});

describe("ss58Account", () => {
  const alice = fromHex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");

  it.each([0, 2, 42, 63, 64, 255, 16383])("reads addresses of network %i", async (network) => {
    expect(ss58Account(await addressOf(alice, network))).toEqual(alice);
    expect(ss58Account(await addressOf(new Uint8Array(32), network))).toEqual(new Uint8Array(32));
  });

  /** Returns an SS58 address of arbitrary bytes. */
  function written(...body: readonly number[]): string {
    const bytes = Uint8Array.from(body);
    const checksum = crypto.blake2b512(concat(utf8("SS58PRE"), bytes)).subarray(0, 2);
    let [text, value] = ["", BigInt(to0x(concat(bytes, checksum)))];
    for (; value > 0n; value /= 58n)
      text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[Number(value % 58n)] + text;
    return text;
  }

  it("refuses a wrong checksum, another length, a reserved prefix, and invalid letters", () => {
    expect(ss58Account(written(42, ...alice))).toEqual(alice);
    for (const text of [
      "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ",
      written(42, ...alice.subarray(1)),
      written(42, ...alice, 0),
      written(128, 0, ...alice),
      "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQ0",
      "",
      "1".repeat(60),
      "5".repeat(10_000),
    ])
      expect(() => ss58Account(text), text.slice(0, 60)).toThrow(code("client/bad-account"));
  });
});
