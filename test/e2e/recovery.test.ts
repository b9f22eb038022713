/** A worker crosses a forced change of the authorities by `pruntime recovery sign` and `recovery apply`. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { to0x, toHex } from "@pruntime/core/bytes";
import { connectNode, type NodeConnection, RemoteWorker } from "@pruntime/relay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, run, testStack } from "./processes.ts";

const { folder, started: part } = testStack("recovery-e2e");
const data = (name: string): string => join(folder, name);
let devnode: NodeConnection;
let [node, url] = ["", ""];

/** Writes a new private key to a PEM file, and returns its public key. */
function newKey(name: string): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(data(name), privateKey.export({ format: "pem", type: "pkcs8" }));
  const { x = "" } = publicKey.export({ format: "jwk" });
  return Uint8Array.from(Buffer.from(x, "base64url"));
}

const keys = ["one", "two", "three"].map(newKey);
newKey("foreign");

const status = () => new RemoteWorker({ url }).status();
const answerOf = ({ exitCode, stdout }: Finished) => ({ exitCode, ...(JSON.parse(stdout) as object) });

beforeAll(async () => {
  const chain = ["--port", "0", "--block-ms", "0", "--rotate-every", "0", "--data-dir", data("chain")];
  node = (await part("chain", ...chain)).ready["chain"] ?? "";
  devnode = await connectNode(node);
  url = (await part("worker", "--port", "0", "--data-dir", data("worker"))).ready["worker"] ?? "";
  writeFileSync(data("keys"), JSON.stringify({ keys: keys.map(to0x), threshold: 2 }));
  await part("relay", "--node", node, "--data-dir", data("worker"), "--recovery-keys", data("keys"));
}, 60_000);

afterAll(() => devnode?.close());

describe("a forced change of the authorities", () => {
  const apply = async (file: string) =>
    answerOf(
      await run("recovery", "apply", data(file), "--node", node, "--data-dir", data("worker"), "--json"),
    );

  const sign = async (file: string, key: string, out: string, ...more: readonly string[]) => {
    const signed = await run("recovery", "sign", data(file), "--key", data(key), "--out", data(out), ...more);
    expect(signed.exitCode).toBe(0);
  };

  it("stops the worker, which shows the recovery keys of its anchor", { timeout: 60_000 }, async () => {
    await devnode.request("dev_newBlock", 3);
    await expect.poll(async () => (await status()).dispatched?.number, { timeout: 30_000 }).toBe(3);
    expect((await status()).recovery_keys).toEqual({ keys: keys.map(toHex).sort(), threshold: 2 });
    expect((await run("info", "--worker", url)).stdout).toContain('"threshold":2');
    await devnode.request("dev_rotateAuthorities", 0, true);
    await devnode.request("dev_newBlock", 3);
  });

  it("is crossed with the signatures of enough keys, and with no others", { timeout: 90_000 }, async () => {
    expect((await run("checkpoint", "--node", node, "--at", "5", "--out", data("after"))).exitCode).toBe(0);
    const { anchor, public_key } = await status();
    const terms = ["--anchor", `0x${anchor}`, "--replaces", "0"];
    await sign("after", "one", "by-one", ...terms);
    expect(await apply("by-one")).toMatchObject({ exitCode: 1, code: "recovery/too-few-signatures" });
    await sign("by-one", "foreign", "by-foreign");
    expect(await apply("by-foreign")).toMatchObject({ exitCode: 1, code: "recovery/unknown-signer" });
    await sign("after", "two", "of-other-set", "--anchor", `0x${anchor}`, "--replaces", "1");
    await sign("of-other-set", "one", "of-other-set");
    expect(await apply("of-other-set")).toMatchObject({ exitCode: 1, code: "recovery/other-set" });
    expect(await status()).toMatchObject({ finalized: { number: 3 } });

    await sign("by-one", "three", "by-two");
    expect(await apply("by-two")).toMatchObject({ exitCode: 0, ok: true, synced_to: 5 });
    await devnode.request("dev_newBlock");
    await expect.poll(async () => (await status()).dispatched?.number, { timeout: 60_000 }).toBe(7);
    expect(await status()).toMatchObject({ anchor, authorities: { set_id: "1" }, public_key });
    const asked = await run("query", "balances", "TotalIssuance", "--worker", url, "--trust-whoever-answers");
    expect(asked.exitCode).toBe(0);
  });
});
