export * from "../../relay/src/innocent.ts";
