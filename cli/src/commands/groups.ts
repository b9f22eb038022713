import type { Command } from "commander";
import { services } from "./serve/services.ts";

/** Each command loads only its own modules: loading everything takes a second. */
export const groups: readonly (readonly [
  names: readonly string[],
  load: () => Promise<(program: Command) => void>,
])[] = [
  ...Object.entries(services).map(([name, load]) => [[name], load] as const),
  [["status"], async () => (await import("./status.ts")).registerStatus],
  [["config"], async () => (await import("./config.ts")).registerConfig],
  [["stop"], async () => (await import("./stop.ts")).registerStop],
  [["init", "info", "console"], async () => (await import("./operate.ts")).registerOperate],
  [["set-dataset", "set-query", "get-result"], async () => (await import("./files.ts")).registerFiles],
  [["dump", "load"], async () => (await import("./state.ts")).registerState],
  [["push", "query"], async () => (await import("./use.ts")).registerUse],
  [["page"], async () => (await import("./page.ts")).registerPage],
  [["account"], async () => (await import("./account.ts")).registerAccount],
  [["demo"], async () => (await import("./demo.ts")).registerDemo],
  [["anchor"], async () => (await import("./anchor.ts")).registerAnchor],
  [["checkpoint"], async () => (await import("./checkpoint.ts")).registerCheckpoint],
  [["verify"], async () => (await import("./verify.ts")).registerVerify],
  [["decode"], async () => (await import("./decode.ts")).registerDecode],
  [["register", "set-policy", "workers"], async () => (await import("./workers.ts")).registerWorkers],
  [["policy"], async () => (await import("./policy.ts")).registerPolicy],
  [["doctor"], async () => (await import("./doctor.ts")).registerDoctor],
  [["handover"], async () => (await import("./handover.ts")).registerHandover],
  [["recovery"], async () => (await import("./recovery.ts")).registerRecovery],
];
