/**
 * The records of a chain's pallet `Registry`: which workers have submitted evidence, and which policy
 * accepted it.
 */
export * from "./record.ts";
