/** The genesis state of an embedded chain, in the form of a raw chain specification. */
import { to0x } from "@pruntime/core/bytes";
import type { Devchain } from "@pruntime/devchain";

/** Returns the keys and values of the genesis state as hex. */
export function rawState(chain: Devchain): Readonly<Record<string, string>> {
  const entries = [...chain.stateOf(chain.genesis).entries()];
  return Object.fromEntries(entries.map(([name, value]) => [to0x(name), to0x(value)]));
}
