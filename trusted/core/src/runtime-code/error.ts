import { ProtocolError } from "../errors/index.ts";

/** Why a runtime's code cannot be read. */
export type RuntimeCodeErrorDetail =
  /**
   * The runtime's code is neither WebAssembly nor compressed WebAssembly, its sections cannot be read, or the
   * unpacked code is longer than nodes accept.
   */
  { readonly code: "runtime-code/malformed"; readonly part: string };

/** A runtime's code was refused. */
export class RuntimeCodeError extends ProtocolError<RuntimeCodeErrorDetail> {}
