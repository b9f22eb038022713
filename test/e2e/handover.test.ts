/**
 * Tests two workers on one chain. The second worker receives the first worker's keys, and then both have the
 * same state.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { GetStatus } from "@pruntime/api";
import {
  ClientError,
  connect as connectByPolicy,
  httpTransport,
  type ReplyReceipt,
  type Transport,
  type WorkerClient,
} from "@pruntime/client";
import { accountOf, awaitExecutionReceipt, executionReceiptKey } from "@pruntime/client/chain";
import { readReplyReceipt, verifyReplyReceipt } from "@pruntime/client/reply-receipt";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import type { Devchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { pushCommand, signed } from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { run } from "./processes.ts";
import { connect, crypto, scene, side } from "./two-workers.ts";

const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];

async function push(chain: Devchain, worker: WorkerClient): Promise<void> {
  const payload = worker.sealCommand(alice.id, 2, { Transfer: { dest: toHex(bob.id), value: "7" } });
  chain.submit(signed(chain, signer("Alice"), pushCommand(2, utf8(payload))));
  const receiptKey = executionReceiptKey(utf8(payload));
  const { number: blockNumber } = chain.best().header;
  expect(await awaitExecutionReceipt(worker, alice, { receiptKey, blockNumber }, 30_000)).toBe("Ok");
}

async function statusAt(url: string, number: number): Promise<GetStatus> {
  for (;;) {
    const status = await (await connect(url)).status();
    if (status.dispatched?.number === number) return status;
    await sleep(50);
  }
}

/** Verifies a reply receipt, and returns the identity key that signed the reply. */
function signerOf(receipt: ReplyReceipt): string {
  const read = readReplyReceipt(parseJson(canonicalJson(receipt)));
  return toHex(verifyReplyReceipt(crypto, { atMs: Date.now() }, read).worker.publicKey);
}

/** Asks both workers by one client, whose first worker goes away, and then the second by a stored session. */
async function askAsReplicas([from, to]: readonly [string, string]): Promise<void> {
  const [source, receiver] = [await (await connect(from)).status(), await (await connect(to)).status()];
  const policy = { version: 1, simulated: { measurements: [source.measurement] } };
  const demands = { policy, anchor: source.anchor, maxAgeMs: 600_000 };
  let gone = false;
  const first: Transport = (action, body) =>
    gone
      ? Promise.reject(new ClientError({ code: "client/unreachable", url: from }))
      : httpTransport(from)(action, body);
  const client = await connectByPolicy([first, httpTransport(to)], demands);
  const balance = (asker: WorkerClient) =>
    asker.query(2, { FreeBalance: { account: toHex(bob.id) } }, { signer: bob.query });
  const early = await balance(client);
  const { session } = client;
  gone = true;
  const late = await balance(client);
  expect([early.value, late.value]).toEqual([early.value, early.value]);
  expect([signerOf(client.replyReceipt(early)), signerOf(client.replyReceipt(late))]).toEqual([
    source.public_key,
    receiver.public_key,
  ]);
  if (session === undefined) throw new Error("the client has an answer");
  const { knownBlock } = await balance(await connectByPolicy(to, { ...demands, session }));
  expect(knownBlock).toEqual({ number: early.dispatchedNumber, hash: expect.anything(), from: "reply" });
}

describe("a handover", () => {
  it("lets two workers serve the same contracts", { timeout: 120_000 }, async () => {
    const { chain, node, workers } = await scene();
    const [from, to] = workers;
    const first = await connect(from);
    await push(chain, first);
    await connect(to);
    const { exitCode, stdout, stderr } = await run(
      "handover",
      ...side("from", from),
      ...side("to", to),
      "--node",
      node,
      "--signer",
      "//Alice",
      "--json",
    );
    expect([exitCode, JSON.parse(stdout)], stderr).toMatchObject([
      0,
      { ok: true, ecdhPublicKey: toHex(first.worker.ecdhPublicKey) },
    ]);
    await push(chain, await connect(to)); // sealed to the shared key, by a client of the second worker
    const number = chain.best().header.number;
    const [a, b] = await Promise.all(workers.map((url) => statusAt(url, number)));
    expect(b).toMatchObject({ ecdh_public_key: a?.ecdh_public_key, state_root: a?.state_root });
    expect(b?.public_key).not.toBe(a?.public_key);
    for (const url of workers) {
      const { value } = await (await connect(url)).query(
        2,
        { FreeBalance: { account: toHex(bob.id) } },
        { signer: bob.query },
      );
      expect(value).toMatchObject({ FreeBalance: { balance: "14" } });
    }
    await askAsReplicas(workers);
  });

  it("handover/no-account: is refused before anything else if no account pays", async () => {
    const nowhere = ["--from", "http://127.0.0.1:9", "--to", "http://127.0.0.1:9", "--json"];
    const { exitCode, stdout } = await run(
      "handover",
      ...nowhere,
      "--from-token-file",
      "none",
      "--to-token-file",
      "none",
    );
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { ok: false, code: "handover/no-account" }]);
  });

  it("handover/not-accepted: is refused if the chain's policy does not name the code", {
    timeout: 60_000,
  }, async () => {
    const policy = canonicalJson({ version: 1, simulated: { measurements: ["00".repeat(32)] } });
    const { node, workers } = await scene({ registry: { policy } });
    const before = await (await connect(workers[1])).status();
    await connect(workers[0]);
    const { exitCode, stdout } = await run(
      "handover",
      ...side("from", workers[0]),
      ...side("to", workers[1]),
      "--node",
      node,
      "--signer",
      "//Alice",
      "--json",
    );
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { ok: false, code: "handover/not-accepted" }]);
    expect((await (await connect(workers[1])).status()).ecdh_public_key).toBe(before.ecdh_public_key);
  });
});
