/** What a chain's pallet `Registry` keeps of workers: who has shown evidence there, and under which policy it was accepted. */
export * from "./record.ts";
