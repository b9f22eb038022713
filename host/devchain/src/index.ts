/**
 * The embedded chain: an in-process test chain that any Substrate client or light client can follow.
 *
 * - **Chains**: {@link createDevchain} opens a chain, {@link serveDevchain} serves it over JSON-RPC
 *   (WebSocket and HTTP, the legacy and the modern API), and {@link createParaPair} opens a relay chain and a
 *   parachain, with the parachain's heads in the relay chain's state.
 * - **Genuine data**: light clients can verify the headers, roots, read proofs, metadata, events and
 *   justifications. `:code` is a WebAssembly module that answers `Core_version` and `Metadata_*` in any
 *   runtime executor, but it cannot execute blocks.
 * - **Plain chains**: with `plain`, the chain lacks `Execution` and `Registry`, like a chain that knows
 *   nothing of pruntime. Clients of such a chain send commands as remarks.
 * - **Limits**: blocks stay within Polkadot's limits on length and weight. `limits: "none"` removes these
 *   limits, for tests with blocks that no real chain makes.
 * - **Upgrades**: `upgradeRuntime()` (`dev_upgradeRuntime`) changes `:code` in the next block. A block's
 *   events are decoded with the metadata of its *parent's* state, as on a real chain. Metadata of an older
 *   runtime decodes the events wrongly. From system version 3 on, the next block stores the new code under
 *   `:pending_code` instead. The block after it runs the new code and changes `:code`, so the metadata in
 *   that block's own state decodes its events.
 * - **Authorities**: `rotateAuthorities({ delay, forced })` (`dev_rotateAuthorities`) announces a change, and
 *   the option `rotateEvery` announces changes at regular intervals. While a change is pending, a change
 *   requested with `rotateAuthorities` waits, and a regular change is skipped. The authority list and the set
 *   id change in the block that enacts the change. (The real pallet-grandpa already increments the set id in
 *   the block that announces the change.)
 * - **Forks**: `produceBlock(parent)` (`dev_newBlock [count, parent]`) makes siblings. The highest branch is
 *   the best branch, and `finalize(block)` (`dev_finalize [hash]`) chooses a branch. Set `finalityLag` to
 *   allow forks, or to `Infinity` to finalize blocks only with `finalize`. `votesAhead` spreads the votes of
 *   a justification over later blocks and includes their headers as ancestries.
 * - **Nested calls**: `Utility`, `Proxy` and `Multisig` emit the events of the real pallets. The events of
 *   commands and remarks inside nested calls name the true sender.
 * - **Registry**: `register_worker` runs the verifier that workers and clients run, with the block's time,
 *   and accepts evidence if the policy in `Registry.Policy` does. The default genesis is in development mode
 *   and accepts simulated evidence, which proves nothing. Only the admin (`//Alice`) may call `set_policy`.
 * - **Faults**: {@link faults} has ready-made faults. The option `faults`, `setFault` and `dev_setFault
 *   [name, ...arguments]` switch them on. `dev_setFault [name, false]` and `dev_clearFaults` switch them off.
 *   Faults change neither the chain itself nor the results of `dev_*` methods.
 *
 * The embedded chain has no fees, locks, sessions, BABE, equivocation proofs or collation. It makes a
 * parachain's blocks itself and includes their heads in the relay chain unchanged.
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
