export * from "hash-wasm";
