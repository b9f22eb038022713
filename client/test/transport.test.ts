import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getInfo, getStatus } from "@pruntime/api";
import { httpTransport, readAtMost, unverifiedReply } from "@pruntime/client";
import { utf8 } from "@pruntime/core/bytes";
import { describe, expect, it, onTestFinished } from "vitest";
import { httpRpc } from "../src/finality/index.ts";

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends spaces without an end, and counts the bytes that the client accepts. */
function endless(sent: { bytes: number }): RequestListener {
  const chunk = Buffer.alloc(1 << 16, 0x20);
  return (_, response) => {
    const more = () => {
      do sent.bytes += chunk.length;
      while (response.write(chunk));
    };
    response.on("drain", more);
    more();
  };
}

const tooLarge = (limit: number) =>
  expect.objectContaining({ detail: expect.objectContaining({ code: "client/reply-too-large", limit }) });

describe("httpTransport", () => {
  it("stops reading a reply at the limit of its action", async () => {
    const sent = { bytes: 0 };
    const send = httpTransport(await serving(endless(sent)));
    for (const action of [getInfo, getStatus]) {
      sent.bytes = 0;
      await expect(send(action, utf8("{}"))).rejects.toEqual(tooLarge(action.maxReplyBytes));
      expect(sent.bytes).toBeLessThan(action.maxReplyBytes + (32 << 20)); // what the sockets buffer
    }
  });

  it("reads a reply of exactly the limit", async () => {
    const url = await serving((_, response) => response.end(Buffer.alloc(getInfo.maxReplyBytes, 0x20)));
    expect((await httpTransport(url)(getInfo, utf8("{}"))).body.length).toBe(getInfo.maxReplyBytes);
  });

  it("follows no redirect, so no other address receives the token", async () => {
    const asked: unknown[] = [];
    const other = await serving((request, response) => {
      asked.push(request.headers.authorization);
      response.end("{}");
    });
    for (const status of [302, 307]) {
      const url = await serving((_, response) =>
        response.writeHead(status, { location: `${other}/x` }).end(),
      );
      const send = httpTransport(url, { token: "0123456789abcdef" });
      await expect(send(getInfo, utf8("{}"))).rejects.toMatchObject({ code: "client/unreachable" });
    }
    expect(asked).toEqual([]);
  });
});

describe("a reply of another transport", () => {
  it("is refused before it is parsed, if it is longer than its action allows", () => {
    const reply = (length: number) => ({
      status: 200,
      body: new Uint8Array(length).fill(0x20),
      header: () => undefined,
    });
    const { maxReplyBytes } = getInfo;
    expect(() => unverifiedReply(getInfo, reply(maxReplyBytes + 1))).toThrow(tooLarge(maxReplyBytes));
    expect(() => unverifiedReply(getInfo, reply(maxReplyBytes))).toThrow("client/bad-envelope");
  });

  it("is refused if its JSON is nested too deeply or has too many objects", () => {
    const reply = (payload: string) => ({
      status: 200,
      body: utf8(JSON.stringify({ payload, signature: "00".repeat(64), status: "ok" })),
      header: () => undefined,
    });
    expect(() => unverifiedReply(getStatus, reply("[".repeat(65)))).toThrow("json/too-deep");
    expect(() => unverifiedReply(getStatus, reply(`[${"[],".repeat(150_000)}[]]`))).toThrow("json/");
  });
});

describe("readAtMost", () => {
  it("reads an empty body, and one in many small pieces", async () => {
    expect(await readAtMost(new Response(null), 0)).toEqual(new Uint8Array());
    const pieces = new ReadableStream({
      start: (controller) => {
        for (let i = 0; i < 300; i++) controller.enqueue(Uint8Array.of(i & 255));
        controller.close();
      },
    });
    expect((await readAtMost(new Response(pieces), 300))?.length).toBe(300);
  });
});

describe("httpRpc", () => {
  it("stops reading a node's answer at 16 MiB", async () => {
    const call = httpRpc(await serving(endless({ bytes: 0 })));
    await expect(call("chain_getHeader", [])).rejects.toMatchObject({
      code: "client/node-answer-too-large",
      detail: { method: "chain_getHeader", limit: 16 << 20 },
    });
  });
});
