import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { PreparedKeys } from "../src/prepared-keys.ts";

const key = createPublicKey(generateKeyPairSync("ed25519").privateKey);
const named = (name: number) => Uint8Array.of(name, 0, name);

it("a key is imported once, and the key that was not used for the longest time makes room", () => {
  const imported: number[] = [];
  const keys = new PreparedKeys(2, (bytes) => {
    imported.push(bytes[0] as number);
    return key;
  });
  for (const name of [1, 2, 1, 3, 1, 2]) keys.get(named(name));
  expect(imported).toEqual([1, 2, 3, 2]);
  expect(keys.size).toBe(2);
});

it("a key is found by all its bytes, also if they are a view of a larger buffer", () => {
  const keys = new PreparedKeys(9, (bytes) =>
    createPublicKey({ key: keyOf(bytes), format: "der", type: "spki" }),
  );
  const prefix = (bytes: Uint8Array) => Buffer.from(keys.get(bytes).export({ format: "der", type: "spki" }));
  const both = new Uint8Array(64);
  both.set(Uint8Array.of(1), 31);
  both.set(Uint8Array.of(2), 63);
  const [first, second] = [both.subarray(0, 32), both.subarray(32)];
  expect([...prefix(first).subarray(12)]).toEqual([...first]);
  expect([...prefix(second).subarray(12)]).toEqual([...second]);
});

it("a key that cannot be imported is not kept", () => {
  const keys = new PreparedKeys(2, () => {
    throw new RangeError("not a key");
  });
  expect(() => keys.get(named(1))).toThrow(RangeError);
  expect(keys.size).toBe(0);
});

function keyOf(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]);
}
