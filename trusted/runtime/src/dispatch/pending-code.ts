/**
 * Runtimes with system version 3 or later upgrade in two steps. A block stores the new code under
 * `:pending_code`. The next block runs that code, which moves itself to `:code`.
 * @see https://github.com/polkadot-fellows/RFCs/blob/8fbaf41c055328209a1b285dc6ddb17800907795/text/0123-pending-code-as-storage-location-for-runtime-upgrades.md
 */
import { wellKnownKeys } from "@pruntime/core/storage-key";
import type { StateProof } from "@pruntime/core/trie";

const firstSystemVersion = 3;

/**
 * Returns whether the block after this state runs the code under `:pending_code`.
 * @param systemVersion the system version of the runtime under the state's `:code`
 * @throws TrieError `trie/incomplete-proof` if that runtime may store pending code, but the proof does not
 * show whether the state contains any
 */
export function runsPendingCode(state: StateProof, systemVersion: number): boolean {
  return systemVersion >= firstSystemVersion && state.has(wellKnownKeys.pendingCode);
}
