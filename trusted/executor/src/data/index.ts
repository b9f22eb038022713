export * from "./area.ts";
export * from "./join.ts";
export * from "./path.ts";
