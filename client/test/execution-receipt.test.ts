import { accountOf, awaitExecutionReceipt } from "@pruntime/client/chain";
import { answerText } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { expect, it } from "vitest";
import { WorkerClient } from "../src/client.ts";
import { anchor, chainTimeMs, fakeWorker, genesisHash, keyPair, signer } from "./fake-worker.ts";

const command = { receiptKey: "00".repeat(32), blockNumber: 57 };

/** A client of a worker that gives these answers in turn, and the last one again and again. */
function clientOf(...answers: readonly Json[]): WorkerClient {
  let given = 0;
  const outcome = () => answerText(canonicalJson(answers[Math.min(given++, answers.length - 1)] ?? null));
  const trusted = { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, genesisHash, anchor };
  return new WorkerClient(trusted, {
    transport: fakeWorker({ outcome }),
    crypto,
    random: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
    freshness: { now: () => Number(chainTimeMs), maxAgeMs: 60_000 },
  });
}

it("waits for the receipt, and returns its status", async () => {
  const worker = clientOf(
    { Error: "NoSuchReceipt" },
    { QueryReceipt: { receipt: { status: "BadCommand" } } },
  );
  expect(await awaitExecutionReceipt(worker, accountOf("//Alice"), command, 60_000)).toBe("BadCommand");
});

it("client/not-executed: names the block with the command, and the worker's block", async () => {
  const worker = clientOf({ Error: "NoSuchReceipt" });
  await expect(awaitExecutionReceipt(worker, accountOf("//Alice"), command, -1)).rejects.toMatchObject({
    detail: { code: "client/not-executed", blockNumber: 57, dispatchedNumber: 11 },
  });
});
