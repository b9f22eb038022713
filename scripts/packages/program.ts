/** A program for Node.js, with which `npm run packages -- --try` tries the client's package. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { transfer } from "./transfer.js";

const folder = process.argv[2] ?? ".pruntime";
const read = (name: string): string => readFileSync(join(folder, name), "utf8").trim();

const stack = {
  workerUrl: read("worker-url"),
  nodeUrl: read("node-url"),
  policy: read("policy.json"),
  anchor: read("anchor"),
};
console.log(JSON.stringify(await transfer(stack, { websocketClass: WebSocket })));
