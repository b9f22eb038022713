/** Routes, wire types, frames and gateway codes as data. */
export * from "./actions.ts";
export * from "./error.ts";
export * from "./frames.ts";
export * from "./hardware.ts";
export * from "./reply.ts";
