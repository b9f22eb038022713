/**
 * The records of a chain's pallet `Registry`: which workers have submitted evidence, and under which policy
 * it was accepted.
 */
export * from "./record.ts";
