/**
 * The embedded chain: a test bench in one process that any Substrate client or light client can follow.
 *
 * - **Chains**: {@link createDevchain} opens one, {@link serveDevchain} serves it over JSON-RPC (WebSocket
 *   and HTTP, the legacy and the modern API), and {@link createParaPair} opens a relay chain together with a
 *   parachain whose heads are in its state.
 * - **Genuine**: headers, roots, read proofs, metadata, events and justifications are what a light client
 *   verifies. `:code` is a WebAssembly module that answers `Core_version` and `Metadata_*` in any executor of
 *   runtimes; it executes no blocks.
 * - **Upgrades**: `upgradeRuntime()` (`dev_upgradeRuntime`) changes `:code` in the next block. Events of a
 *   block are read with its *parent's* metadata, as on a real chain; metadata of the previous version
 *   misreads them.
 * - **Authorities**: `rotateAuthorities({ delay, forced })` (`dev_rotateAuthorities`), and `rotateEvery`.
 *   While a change is pending, another one waits. Lists and set id change in the block that enacts the
 *   change; pallet-grandpa increments the set id when the change is announced. With a delay of 0 that is the
 *   same.
 * - **Forks**: `produceBlock(parent)` (`dev_newBlock [count, parent]`) makes siblings, the highest branch is
 *   the best, and `finalize(block)` (`dev_finalize [hash]`) decides. Set `finalityLag` to leave room for
 *   forks, or to `Infinity` for finality by hand. `votesAhead` spreads votes over later blocks, with their
 *   ancestries.
 * - **Nested calls**: `Utility`, `Proxy` and `Multisig` emit the events of the real pallets; commands and
 *   remarks inside them name the true sender.
 * - **Registry**: `register_worker` runs the verifier that workers and clients run, at the block's time, and
 *   judges by the policy in `Registry.Policy`. The default genesis is in development mode and accepts
 *   simulated evidence, which proves nothing. `set_policy` is for the admin (`//Alice`).
 * - **Faults**: {@link faults} has ready-made ones, for the option `faults`, `setFault` and `dev_setFault
 *   [name, ...arguments]`; `dev_setFault [name, false]` and `dev_clearFaults` end them. The chain itself
 *   stays honest, and so do `dev_*` methods.
 *
 * Not here: fees, locks, sessions, BABE, proofs of equivocation, collation. The bench makes a parachain's
 * blocks and includes them unchanged.
 */
export { type DevAccount, devAccounts } from "./accounts/dev-accounts.ts";
export type { Block } from "./block.ts";
export { createDevchain } from "./chain/create.ts";
export { createParaPair, type ParaPair, type ParaPairOptions } from "./chain/para-pair.ts";
export { DevchainError, type DevchainErrorDetail, InvalidTransaction } from "./error.ts";
export type { Faults } from "./faults/faults.ts";
export { faults } from "./faults/ready-made.ts";
export { bridgeInitInfo } from "./genesis-info.ts";
export type { ParaHead, Role } from "./network.ts";
export type { BlockMode, DevchainOptions, RegistryOptions, ServeOptions } from "./options.ts";
export { type Served, serveDevchain } from "./rpc/serve.ts";
export type { ChainEvent, Devchain, FinalityProof, RuntimeVersion } from "./types.ts";
