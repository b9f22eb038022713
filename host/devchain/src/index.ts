/** The embedded chain: a test bench of one process that any Substrate client or light client can follow. */
export { DevchainError, type DevchainErrorDetail, InvalidTransaction } from "./error.ts";
export type { Faults } from "./faults.ts";
export type { BlockMode, DevchainOptions, ServeOptions } from "./options.ts";
export type { Block, ChainEvent, Devchain, FinalityProof, RuntimeVersion } from "./types.ts";

import type { DevchainOptions, ServeOptions } from "./options.ts";
import type { Devchain } from "./types.ts";

/** Opens (or continues) a chain. */
export declare function createDevchain(options?: DevchainOptions): Promise<Devchain>;

/** A chain answering JSON-RPC over WebSocket. */
export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves a chain on 127.0.0.1 unless told otherwise. */
export declare function serveDevchain(chain: Devchain, options?: ServeOptions): Promise<Served>;
