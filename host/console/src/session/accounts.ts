/** The development accounts, and the account that the user acts as. Their secret keys are public. */
import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Account } from "@pruntime/client/chain";
import { fromHex, toHex } from "@pruntime/core/bytes";
import { kept } from "./kept.ts";

/** An account of every development chain. */
export interface DevelopmentAccount {
  readonly name: string;
  /** The account id, as 64 hex digits. */
  readonly id: string;
}

/** The accounts of every development chain. */
export const developmentAccounts: readonly DevelopmentAccount[] = [
  { name: "Alice", id: "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d" },
  { name: "Bob", id: "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48" },
  { name: "Charlie", id: "90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22" },
  { name: "Dave", id: "306721211d5404bd9da88e0204360a1a9ab8b87c66c1bc2fcdd37f3c2222cc20" },
  { name: "Eve", id: "e659a7a1628cdd93febc04a4e0646ea20e9f5f0ce097d9a05290d4a9e054df4e" },
  { name: "Ferdie", id: "1cbd2d43530a44705ad088af313e18f80b53ef16b36177cd4b77b846f2a5f07c" },
];

const alice = developmentAccounts[0] as DevelopmentAccount;
const isName = (value: unknown): value is string => developmentAccounts.some(({ name }) => name === value);

/** The name of the account that the user acts as. */
export const chosenName: Signal<string> = kept("account", alice.name, isName);
/** The account that the user acts as. */
export const chosen: ReadonlySignal<DevelopmentAccount> = computed(
  () => developmentAccounts.find(({ name }) => name === chosenName.value) ?? alice,
);

/** The code for keys and for the chain client is loaded when it is first needed. */
export const loadChain = (): Promise<typeof import("@pruntime/client/chain")> =>
  import("@pruntime/client/chain");

/** The keys of a development account. */
export async function keysOf({ name }: DevelopmentAccount): Promise<Account> {
  return (await loadChain()).accountOf(`//${name}`);
}

/** The name of an account, if it is a development account. */
export function nameOf(id: Uint8Array): string | undefined {
  const hex = toHex(id);
  return developmentAccounts.find((known) => known.id === hex)?.name;
}

/** The id of a development account that is written as `//Name` or `Name`. */
export function idOfName(text: string): Uint8Array | undefined {
  const name = text.trim().replace(/^\/\//, "").toLowerCase();
  const found = developmentAccounts.find((known) => known.name.toLowerCase() === name);
  return found === undefined ? undefined : fromHex(found.id);
}
