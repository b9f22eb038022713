/** The bytes of a wasm file, which the bundler puts into the bundle. */
declare module "*.wasm" {
  const bytes: Uint8Array;
  export default bytes;
}

/** The part of JavaScript's interface for WebAssembly that the interpreter uses. Node.js's types lack it. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: "WebAssembly.Module";
  }
  const Module: {
    new (bytes: Uint8Array): Module;
    imports(module: Module): { readonly name: string }[];
  };
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: unknown;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Table {
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(count: number): number;
  }
}
