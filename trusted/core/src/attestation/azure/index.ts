/** Evidence of Azure guests: the hardware, the paravisor and the vTPM. */
export * from "./error.ts";
export * from "./hardware.ts";
export * from "./report.ts";
export * from "./root.ts";
export * from "./verify.ts";
