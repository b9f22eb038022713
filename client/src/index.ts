/** Seals commands, asks queries and checks replies, in browsers and in Node. */
export * from "./client.ts";
export * from "./error.ts";
export * from "./reply.ts";
export * from "./signer.ts";
export * from "./transport.ts";
export * from "./worker.ts";
