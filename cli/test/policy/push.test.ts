/** `pruntime policy sign --serial` and `policy push`. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodePolicy, encodeSignedPolicy, signedPolicyHash } from "@pruntime/core/attestation";
import { from0x, indexOf, to0x, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json, parseJson } from "@pruntime/core/json";
import { createDevchain, serveDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { answer, example, file, newPath } from "./command.ts";

const chain = await createDevchain({ mode: { kind: "instant" } });
const node = await serveDevchain(chain);
afterAll(async () => {
  await node.close();
  chain.close();
});
const genesis = to0x(chain.genesisHash);
const pem = file(
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string,
);

async function signedFile(serial: number, genesisHash: string): Promise<string> {
  const out = newPath();
  const how = ["--key", pem, "--serial", String(serial), "--genesis", genesisHash, "--out", out];
  expect((await answer("sign", example, ...how)).exit).toBe(0);
  return out;
}

const textIn = (path: string) => utf8(canonicalJson(parseJson(readFileSync(path, "utf8"))));
const jsonIn = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;

describe("pruntime policy sign --serial", () => {
  it("signs the canonical text, with the serial and the chain", async () => {
    const { key, policy, serial, signature, ...named } = jsonIn(await signedFile(5, genesis));
    expect([serial, named]).toEqual([5, { genesis }]);
    expect(decodePolicy(JSON.stringify(policy))).toEqual(decodePolicy(readFileSync(example, "utf8")));
    const hash = signedPolicyHash(crypto, chain.genesisHash, { serial: 5, text: textIn(example) });
    expect(crypto.ed25519.verify(from0x(key ?? ""), hash, from0x(signature ?? ""))).toBe(true);
  });

  it.each([
    ["--serial without --genesis", ["--serial", "1"]],
    ["--genesis without --serial", ["--genesis", genesis]],
    ["a genesis hash that is too short", ["--serial", "1", "--genesis", "0x00"]],
  ])("cli/bad-argument: %s", async (_, more) =>
    expect((await answer("sign", example, "--key", pem, ...more)).json).toMatchObject({
      code: "cli/bad-argument",
    }),
  );
});

describe("pruntime policy push", () => {
  it("puts the payload on the chain", async () => {
    const path = await signedFile(3, genesis);
    const { exit, json } = await answer("push", path, "--node", node.url);
    expect([exit, json]).toMatchObject([0, { ok: true, serial: 3, key: jsonIn(path)["key"] }]);
    const signature = from0x(jsonIn(path)["signature"] ?? "");
    const payload = encodeSignedPolicy({ serial: 3, signature, text: textIn(example) });
    const { body } = chain.blockAt(json.blockNumber as number)!;
    expect(body.some((bytes) => indexOf(bytes, payload) !== undefined)).toBe(true);
  });

  it.each<[code: string, what: string, change: Json]>([
    ["policy/bad-signature", "whose serial is changed", { serial: 4 }],
    ["policy/bad-signature", "whose chain is changed", { genesis: `0x${"00".repeat(32)}` }],
    ["policy/bad-signature", "whose policy is changed", { policy: { version: 1 } }],
    ["policy/unknown-version", "that no worker can read", { policy: { version: 2 } }],
    ["json/unknown-key", "with another field", { more: 1 }],
  ])("%s: refuses a policy %s", async (code, _, change) => {
    const changed = file({ ...jsonIn(await signedFile(3, genesis)), ...(change as object) });
    expect((await answer("push", changed, "--node", node.url)).json).toMatchObject({ code });
  });

  it("cli/other-genesis: refuses a policy for another chain than the node's", async () => {
    const path = await signedFile(3, `0x${"00".repeat(32)}`);
    expect((await answer("push", path, "--node", node.url)).json).toMatchObject({
      code: "cli/other-genesis",
    });
  });
});
