/** Remote attestation: is the evidence authentic, how patched is its platform, and does a policy accept it? Three answers, never one. */
export * from "./authentic.ts";
export * from "./binding.ts";
export * from "./evidence.ts";
export * from "./policy/index.ts";
