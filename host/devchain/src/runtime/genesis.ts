import { concat, to0x, utf8 } from "@pruntime/core/bytes";
import { encodeHeader, type Header, headerHash } from "@pruntime/core/chain";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { encodeVersionedAuthorityList } from "@pruntime/core/grandpa";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { Trie } from "@pruntime/core/trie";
import { developmentSeed } from "../accounts/derive.ts";
import { devAccounts } from "../accounts/dev-accounts.ts";
import { ed25519Key } from "../consensus/ed25519-key.ts";
import type { Network } from "../network.ts";
import type { RegistryOptions } from "../options.ts";
import type { ExecutedBlock } from "./block.ts";
import type { Runtime } from "./runtime.ts";
import { type AccountInfo, Storage } from "./storage.ts";
import { canonicalPolicy } from "./worker-registry.ts";

/** What the genesis of one chain has beside the well-known accounts. */
export interface GenesisOptions {
  readonly chainName: string;
  readonly network: Network;
  readonly endowed: Iterable<readonly [account: Uint8Array, free: bigint]>;
  readonly registry: RegistryOptions;
}

const endowment = 1_000_000_000_000_000_000_000n;
/** What FRAME has as hash of the block before any: 32 times 69. */
const noHash = `0x${"45".repeat(32)}`;

/** Block 0 and its state. */
export function createGenesis(runtime: Runtime, options: GenesisOptions): ExecutedBlock {
  const { crypto, stateVersion } = runtime;
  const storage = new Storage(runtime.codecs, Trie.empty({ hash: crypto.blake2b256, version: stateVersion }));
  putSystem(runtime, storage, options.chainName);
  putAccounts(runtime, storage, options.endowed);
  putNetwork(runtime, storage, options.network);
  putRegistry(storage, options.registry);
  const state = storage.commit();
  const header: Header = {
    parentHash: new Uint8Array(32),
    number: 0,
    stateRoot: state.root,
    extrinsicsRoot: extrinsicsRoot(crypto, []),
    digest: [],
  };
  const encodedHeader = encodeHeader(header);
  const hash = headerHash(crypto, encodedHeader);
  const { specVersion } = runtime.version;
  return {
    block: { hash, header, encodedHeader, body: [], heads: [], setId: 0n, endsSet: false, specVersion },
    state,
  };
}

function putSystem({ code, version }: Runtime, storage: Storage, chainName: string): void {
  storage.putRaw(wellKnownKeys.code, code);
  storage.putRaw(utf8(":chain_name"), utf8(chainName));
  storage.put("System.ParentHash", noHash);
  storage.put("System.BlockHash", noHash, 0);
  storage.put("System.LastRuntimeUpgrade", {
    spec_version: version.specVersion,
    spec_name: version.specName,
  });
}

function putAccounts(
  { crypto, codecs }: Runtime,
  storage: Storage,
  endowed: GenesisOptions["endowed"],
): void {
  const balances = new Map<string, bigint>();
  for (const { name, publicKey } of devAccounts) {
    balances.set(to0x(publicKey), endowment);
    balances.set(to0x(ed25519Key(developmentSeed(crypto, "Ed25519HDKD", name)).publicKey), endowment);
    const ecdsa = crypto.secp256k1.signer(developmentSeed(crypto, "Secp256k1HDKD", name));
    if (ecdsa !== undefined) balances.set(to0x(crypto.blake2b256(ecdsa.publicKey)), endowment);
  }
  for (const [account, free] of endowed) balances.set(to0x(account), free);
  const { prefix, hashKey, value, fallback } = codecs.storage("System", "Account");
  const empty = fallback as AccountInfo;
  const encoded = new Map<bigint, Uint8Array>(); // a million accounts have few balances
  let total = 0n;
  for (const [account, free] of balances) {
    const info = encoded.get(free) ?? value.enc({ ...empty, providers: 1, data: { ...empty.data, free } });
    encoded.set(free, info);
    storage.putRaw(concat(prefix, hashKey(account)), info);
    total += free;
  }
  storage.put("Balances.TotalIssuance", total);
}

/** Finality is the relay chain's: a parachain has no authorities of its own. */
function putNetwork(runtime: Runtime, storage: Storage, network: Network): void {
  if (network.kind === "para") storage.put("ParachainInfo.ParachainId", network.paraId);
  else putAuthorities(runtime, storage);
  if (network.kind === "relay")
    for (const { paraId, head } of network.heads) storage.put("Paras.Heads", head, paraId);
}

function putAuthorities({ validators }: Runtime, storage: Storage): void {
  const authorities = validators.authorities(0n);
  storage.put(
    "Grandpa.Authorities",
    authorities.map(({ id, weight }) => [to0x(id), weight]),
  );
  storage.put("Grandpa.CurrentSetId", 0n);
  storage.putRaw(wellKnownKeys.grandpaAuthorities, encodeVersionedAuthorityList(authorities));
}

/** Accepts what a worker without hardware shows, whatever code it claims to run. */
const developmentPolicy = '{"simulated":{"measurements":null},"version":1}';
/** Accepts nothing until the admin sets another. */
const emptyPolicy = '{"version":1}';

function putRegistry(storage: Storage, { mode = "development", policy, admin }: RegistryOptions): void {
  const development = mode === "development";
  storage.put("Registry.Mode", { type: development ? "Development" : "Production", value: undefined });
  storage.put("Registry.Admin", to0x(admin ?? alice()));
  storage.put("Registry.Policy", canonicalPolicy(policy ?? (development ? developmentPolicy : emptyPolicy)));
}

function alice(): Uint8Array {
  const found = devAccounts.find(({ name }) => name === "Alice");
  if (found === undefined) throw new TypeError("the development accounts begin with Alice");
  return found.publicKey;
}
