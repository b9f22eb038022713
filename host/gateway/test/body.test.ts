import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readBody } from "../src/http/body.ts";

/** A request whose body arrives as a test writes it. */
function request(headers: IncomingMessage["headers"] = {}) {
  return Object.assign(new PassThrough(), { headers }) as PassThrough & IncomingMessage;
}

describe("a body", () => {
  it("is kept in the parts in which it arrives", async () => {
    const payload = request();
    const read = readBody(payload, 6);
    for (const part of ["abc", "de", "f"]) payload.write(part);
    payload.end();
    const { parts, length } = await read;
    expect([parts.map(String), length]).toEqual([["abc", "de", "f"], 6]);
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
