export * from "../../../host/gateway/src/innocent.ts";
