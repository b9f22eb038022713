/** The embedded chain: a test bench of one process that any Substrate client or light client can follow. */
export { DevchainError, type DevchainErrorDetail, InvalidTransaction } from "./error.ts";
export type { Faults } from "./faults.ts";
export type { BlockMode, DevchainOptions, ServeOptions } from "./options.ts";
export { type Served, serveDevchain } from "./rpc/serve.ts";
export type { Block, ChainEvent, Devchain, FinalityProof, RuntimeVersion } from "./types.ts";

import type { DevchainOptions } from "./options.ts";
import type { Devchain } from "./types.ts";

/** Opens (or continues) a chain. */
export declare function createDevchain(options?: DevchainOptions): Promise<Devchain>;
