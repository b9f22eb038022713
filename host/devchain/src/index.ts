/** The embedded chain: a test bench of one process that any Substrate client or light client can follow. */
export { type DevAccount, devAccounts } from "./accounts/dev-accounts.ts";
export { createDevchain } from "./chain/create.ts";
export { createParaPair, type ParaPair, type ParaPairOptions } from "./chain/para-pair.ts";
export { DevchainError, type DevchainErrorDetail, InvalidTransaction } from "./error.ts";
export type { Faults } from "./faults/faults.ts";
export { faults } from "./faults/ready-made.ts";
export { bridgeInitInfo } from "./genesis-info.ts";
export type { ParaHead, Role } from "./network.ts";
export type { BlockMode, DevchainOptions, ServeOptions } from "./options.ts";
export { type Served, serveDevchain } from "./rpc/serve.ts";
export type { Block, ChainEvent, Devchain, FinalityProof, RuntimeVersion } from "./types.ts";
