export * from "./anchor.ts";
export * from "./checkpoint.ts";
export * from "./checkpoint-json.ts";
export * from "./dump.ts";
export * from "./error.ts";
export * from "./genesis.ts";
export * from "./genesis-balance.ts";
export { type BlockPoint, HeaderRun } from "./header-run.ts";
export { type BlockRelation, KnownBlocks, maxKnownBlocks } from "./known-blocks.ts";
export {
  type FinalizedHeader,
  type HashedHeader,
  type LightClient,
  type PendingChange,
  toFinalized,
} from "./light-client.ts";
export * from "./light-sync-state.ts";
export { headersPerUnit } from "./link.ts";
export * from "./policy-authority.ts";
export { provenAuthorities } from "./prove.ts";
export * from "./recovery.ts";
export * from "./recovery-keys.ts";
export { maxRecoveryKeys } from "./recovery-limit.ts";
export { followChanges, sameAuthorities } from "./set-change.ts";
export { maxStaged, nothingStaged, type StagedHeaders, stageHeaders, stageHeadersWork } from "./stage.ts";
export * from "./verify.ts";
export * from "./verify-recovery.ts";
