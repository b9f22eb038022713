/** A client's own finality, an entry of its own: most clients leave that to the attested worker. */
export * from "./anchor.ts";
export * from "./check.ts";
export * from "./header-json.ts";
export * from "./rpc.ts";
