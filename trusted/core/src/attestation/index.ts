/** Remote attestation: is the evidence authentic, how patched is its platform, and does a policy accept it? Three answers, never one. */
export * from "./authentic.ts";
export * from "./azure/index.ts";
export * from "./binding.ts";
export * from "./dcap/index.ts";
export * from "./dstack/index.ts";
export * from "./endorse.ts";
export * from "./error.ts";
export * from "./evidence.ts";
export * from "./evidence-json.ts";
export * from "./ias/index.ts";
export * from "./policy/index.ts";
export * from "./roots.ts";
export * from "./simulated.ts";
export * from "./snp/index.ts";
export * from "./tpm/index.ts";
export * from "./verify.ts";
