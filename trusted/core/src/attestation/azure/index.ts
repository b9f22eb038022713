/** Guests of Azure: hardware, paravisor, vTPM. */
export * from "./error.ts";
export * from "./hardware.ts";
export * from "./report.ts";
export * from "./root.ts";
export * from "./verify.ts";
