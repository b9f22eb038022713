/** Nodes that answer whatever a test tells them to, over a WebSocket or over HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { closeLater } from "./scene.ts";

export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * Starts a WebSocket server, and returns its URL.
 * @param answer returns the messages to send for a request. A string is sent unchanged, other values as JSON.
 */
export async function scriptedNode(answer: (asked: Asked) => readonly unknown[]): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) =>
    socket.on("message", (data) => {
      for (const message of answer(JSON.parse(String(data)) as Asked))
        socket.send(typeof message === "string" ? message : JSON.stringify(message));
    }),
  );
  closeLater(() => {
    for (const client of server.clients) client.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Starts an HTTP server, and returns its URL. The server refuses WebSockets with status 429.
 * @param answer writes the response to a request. `asked` is `undefined` if the HTTP request has no body.
 */
export async function scriptedHttp(
  answer: (asked: Asked | undefined, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) =>
      answer(body === "" ? undefined : (JSON.parse(body) as Asked), response),
    );
  });
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeLater(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
