import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readBody } from "../src/http/body.ts";

/** A request whose body arrives as a test writes it. */
function request(headers: IncomingMessage["headers"] = {}) {
  return Object.assign(new PassThrough(), { headers }) as PassThrough & IncomingMessage;
}

describe("a body", () => {
  it("keeps its large parts as they arrive, and joins its small parts in their order", async () => {
    const payload = request();
    const read = readBody(payload, 2 ** 20);
    const large = Buffer.alloc(20_000, "L");
    const sent = ["a", "b", large, "c", large, large, ...Array.from({ length: 40 }, () => "d".repeat(1_000))];
    for (const part of sent) payload.write(part);
    payload.end();
    const { parts, length } = await read;
    expect(parts.map(({ length: each }) => each)).toEqual([
      2, 20_000, 1, 20_000, 20_000, 16_000, 16_000, 8_000,
    ]);
    expect(length).toBe(100_003);
    expect(Buffer.concat(parts)).toEqual(Buffer.concat(sent.map((part) => Buffer.from(part))));
  });

  it("needs few parts however many pieces it arrives in", async () => {
    const payload = request();
    const read = readBody(payload, 2 ** 20);
    for (let i = 0; i < 100_000; i++) payload.write("x");
    payload.end();
    expect((await read).parts.length).toBe(Math.ceil(100_000 / 2 ** 14));
  });

  it("is refused when it exceeds its limit, and no part that follows is kept", async () => {
    const payload = request();
    const read = readBody(payload, 6);
    for (const part of ["abc", "defg"]) payload.write(part);
    await expect(read).rejects.toMatchObject({ code: "http/too-large" });
    expect(payload.listenerCount("data")).toBe(0);
  });

  it("is refused before it arrives when its stated length exceeds the limit", async () => {
    const read = readBody(request({ "content-length": "7" }), 6);
    await expect(read).rejects.toMatchObject({ code: "http/too-large" });
  });

  it("is refused when its caller disconnects before the end", async () => {
    const payload = request();
    const read = readBody(payload, 6);
    payload.write("abc");
    payload.destroy();
    await expect(read).rejects.toMatchObject({ code: "http/bad-request" });
  });
});
