/** Tests that the relay decodes a worker's reply with the decoder of the called action. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dispatchBlock, replyHeaders, syncCode } from "@pruntime/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isWorkersTrouble, RelayError } from "../src/error.ts";
import { RemoteWorker } from "../src/index.ts";

/** Starts a worker that gives this answer to every request. */
async function answering(status: number, body: string, code?: string): Promise<RemoteWorker> {
  const server = createServer((_, response) => {
    response.writeHead(status, code === undefined ? {} : { [replyHeaders.code]: code }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return new RemoteWorker({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

const envelope = (payload: unknown, status = "ok") =>
  JSON.stringify({ payload: JSON.stringify(payload), signature: "00".repeat(64), status });
const refusal = (code: string) => JSON.stringify({ code, message: "no", status: "error" });
const call = (worker: RemoteWorker) => worker.call(syncCode, { proof_b64: [] });

it("a call may take as long as the action's row allows, and two minutes more", async () => {
  const worker = await answering(200, envelope({ from: null, unreadable: null }));
  const timeout = vi.spyOn(AbortSignal, "timeout");
  onTestFinished(() => timeout.mockRestore());
  await call(worker);
  await worker.call(dispatchBlock, { blocks_b64: [] }).catch(() => undefined);
  expect(timeout.mock.calls).toEqual([[120_000], [120_000 + (dispatchBlock.timeoutMs ?? 0)]]);
  expect(dispatchBlock.timeoutMs).toBe(600_000);
});

it("a call is given up when the relay ends", async () => {
  const ending = new AbortController();
  const server = createServer(() => ending.abort());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(call(new RemoteWorker({ url }, ending.signal))).rejects.toThrow("relay/worker-unreachable");
});

describe("a worker's reply", () => {
  it("is decoded by the called action's reader", async () => {
    const read = { from: 7, unreadable: null };
    expect(await call(await answering(200, envelope({ ...read, more: true })))).toEqual(read);
    const unreadable = { from: null, unreadable: "code/no-metadata" };
    expect(await call(await answering(200, envelope(unreadable)))).toEqual(unreadable);
  });

  it.each([
    ["not JSON", 200, "<html>"],
    ["not an envelope", 200, "{}"],
    ["a payload without a key", 200, envelope({})],
    ["a payload of another type", 200, envelope({ from: "7", unreadable: null })],
    ["a malformed refusal", 502, "<html>"],
  ])("relay/bad-reply: %s", async (_, status, body) => {
    const error = await call(await answering(status, body)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ detail: { code: "relay/bad-reply", action: "sync_code", status } });
    expect(isWorkersTrouble(error as RelayError)).toBe(true);
  });

  it("relay/worker-refused: with a code in the body, or with the code in a header as in 2020", async () => {
    const detail = { code: "relay/worker-refused", action: "sync_code", reason: "code/not-due" };
    await expect(call(await answering(400, refusal("code/not-due")))).rejects.toMatchObject({ detail });
    const words = envelope({ message: "Invalid block" }, "error");
    await expect(call(await answering(200, words, "code/not-due"))).rejects.toMatchObject({ detail });
  });

  it.each([
    ["runtime/not-initialized", true],
    ["http/too-large", true],
    ["enclave/no-interpreter", true],
    ["executor/state-full", true],
    ["runtime/contradicts-mark", false],
    ["code/not-due", false],
  ])("relay/worker-refused: knows whether %s is the worker's own trouble", (reason, own) => {
    const detail = { code: "relay/worker-refused", action: "sync_code", reason } as const;
    expect(isWorkersTrouble(new RelayError(detail))).toBe(own);
  });

  it.each(["http/enclave-down", "http/enclave-timeout"])("relay/worker-unreachable: %s", async (code) => {
    await expect(call(await answering(503, refusal(code)))).rejects.toMatchObject({
      detail: { code: "relay/worker-unreachable" },
    });
  });

  it("relay/worker-unreachable: nothing listens", async () => {
    const nowhere = new RemoteWorker({ url: "http://127.0.0.1:1" });
    await expect(call(nowhere)).rejects.toBeInstanceOf(RelayError);
  });
});
