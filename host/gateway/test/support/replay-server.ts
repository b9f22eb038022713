/** A server on 127.0.0.1 that gives prepared answers and records the requests. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/**
 * What the server sends: an answer, or status 404 for `undefined`. `"hang"` is the start of a response that
 * never continues. `"cut"` is the start of a response, after which the connection ends.
 */
export type Responder = (question: Question) => Said | "hang" | "cut" | undefined;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

export async function replayServer(
  answer: Responder,
): Promise<{ readonly url: string; readonly asked: Question[] }> {
  const asked: Question[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const question = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      asked.push(question);
      say(response, answer(question));
    });
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function say(response: ServerResponse, said: ReturnType<Responder>): void {
  if (said === undefined) return void response.writeHead(404).end();
  if (said === "hang") return void response.writeHead(200).write("{");
  if (said === "cut") {
    response.writeHead(200, { "content-length": "1000" }).write("{", () => response.destroy());
    return;
  }
  response.writeHead(said.status ?? 200, said.headers ?? {}).end(said.body ?? "");
}
