/**
 * The records of a chain's pallet `Registry`: which workers have submitted evidence, and which policy
 * accepted the evidence of each worker.
 */
export * from "./expiry.ts";
export * from "./record.ts";
