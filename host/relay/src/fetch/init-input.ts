/**
 * Fetches the input of `init_runtime`: the chain's genesis with a proof of the first authorities (or a
 * checkpoint), and the data for decoding events. That data is a proof of the runtime's code or, if the
 * operator prefers, metadata that the worker takes on trust. A worker that reads commands from bodies needs
 * no such data.
 */
import type { InitInput } from "@pruntime/api";
import { encodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import {
  developmentSpecName,
  type GenesisBalance,
  genesisBalanceText,
  type MeaningKind,
  type PolicyAuthority,
  policyAuthorityText,
  type RecoveryKeys,
  recoveryKeysJson,
} from "@pruntime/core/light-client";
import type { SubstrateNode } from "../node/node.ts";
import { fetchAuthorities } from "./authorities.ts";
import { fetchCodeProof } from "./blocks.ts";

/** What an operator decides about a worker's start. All of it is part of the worker's anchor. */
export interface StartTerms {
  readonly meaning: MeaningKind;
  /**
   * The balances that the contract of native balances has before the first block. Default: none; on the
   * embedded chain, the development balances of 2020.
   */
  readonly genesisBalance?: GenesisBalance | undefined;
  /** The keys that may sign a new checkpoint after a forced change of the authorities. Default: none. */
  readonly recoveryKeys?: RecoveryKeys | undefined;
  /** Whose policies decide about handovers. Default: the chain's registry. */
  readonly policyAuthority?: NamedAuthority | undefined;
  /** Whether commands of channel v1 are run. Default: only on the embedded chain. */
  readonly channelV1?: boolean | undefined;
}

/** A policy authority whose delay may be left out. */
export type NamedAuthority =
  | PolicyAuthority
  | { readonly kind: "key"; readonly key: Uint8Array; readonly delaySec?: undefined };

/** How long a signed policy is on a chain before its additions count, unless the operator decides: a week. */
const usualDelaySec = 7 * 24 * 60 * 60;

/** Adds the usual delay, if the delay is left out. */
export function withDelay(authority: NamedAuthority, usualSec: number = usualDelaySec): PolicyAuthority {
  return authority.kind === "key" ? { ...authority, delaySec: authority.delaySec ?? usualSec } : authority;
}

/**
 * Fetches a SCALE `BridgeInitInfo` of the genesis.
 * @throws {@link RelayError} `relay/no-authorities`; `relay/state-discarded` if the node no longer has the
 * genesis state
 */
export async function fetchGenesisInfo(node: SubstrateNode): Promise<Uint8Array> {
  const header = await node.headerAt(0);
  const { key, authorities } = await fetchAuthorities(node, header.hash, 0);
  const proof = await node.readProof([key], header.hash);
  return encodeBridgeInitInfo({ encodedHeader: header.encoded, authorities, proof });
}

/** Makes the input for a worker that starts at the genesis. @throws as {@link fetchGenesisInfo} */
export async function fetchInitInput(node: SubstrateNode, terms: StartTerms): Promise<InitInput> {
  return {
    bridge_genesis_info_b64: toBase64(await fetchGenesisInfo(node)),
    ...(await fetchTerms(node, await node.genesisHash(), terms)),
    skip_ra: true,
  };
}

/**
 * Makes the input for a worker that starts at a checkpoint.
 * @param hash the hash of the checkpoint's header
 * @throws {@link RelayError}
 */
export async function fetchCheckpointInput(
  node: SubstrateNode,
  checkpoint: string,
  hash: Uint8Array,
  terms: StartTerms,
): Promise<InitInput> {
  return { checkpoint, ...(await fetchTerms(node, hash, terms)), skip_ra: true };
}

/** Fetches, from the state of a block, the data that the terms require. */
export async function fetchTerms(
  node: SubstrateNode,
  at: Uint8Array,
  { meaning, recoveryKeys, ...decided }: StartTerms,
): Promise<Omit<InitInput, "bridge_genesis_info_b64" | "checkpoint" | "parachain" | "skip_ra">> {
  const { genesisBalance, channelV1, policyAuthority } = await withUsualTerms(node, at, decided);
  return {
    ...(await fetchMeaning(node, at, meaning)),
    genesis_balance: genesisBalanceText(genesisBalance),
    channel_v1: channelV1,
    ...(recoveryKeys === undefined ? {} : { recovery_keys: recoveryKeysJson(recoveryKeys) }),
    ...(policyAuthority === undefined ? {} : { policy_authority: policyAuthorityText(policyAuthority) }),
  };
}

/** The terms that depend on whether the chain is a development chain. */
type ChainTerms = Pick<StartTerms, "genesisBalance" | "channelV1" | "policyAuthority">;

/**
 * Adds the terms that workers of this node's chain have unless their operators decide otherwise. If the node
 * lies, the worker's anchor differs from the anchor that its clients compute.
 */
export async function withUsualTerms(
  node: SubstrateNode,
  at: Uint8Array,
  { genesisBalance, channelV1, policyAuthority }: ChainTerms,
): Promise<{
  readonly genesisBalance: GenesisBalance;
  readonly channelV1: boolean;
  readonly policyAuthority: PolicyAuthority | undefined;
}> {
  const lacksDelay = policyAuthority?.kind === "key" && policyAuthority.delaySec === undefined;
  const isDecided = genesisBalance !== undefined && channelV1 !== undefined && !lacksDelay;
  const development = !isDecided && (await node.specName(at)) === developmentSpecName;
  return {
    genesisBalance: genesisBalance ?? { kind: development ? "development" : "none" },
    channelV1: channelV1 ?? development,
    policyAuthority: policyAuthority && withDelay(policyAuthority, development ? 0 : usualDelaySec),
  };
}

async function fetchMeaning(
  node: SubstrateNode,
  at: Uint8Array,
  meaning: MeaningKind,
): Promise<Pick<InitInput, "code_proof_b64" | "runtime_metadata_b64">> {
  if (meaning === "bodies") return {};
  if (meaning === "told") return { runtime_metadata_b64: toBase64(await node.metadata(at)) };
  return { code_proof_b64: (await fetchCodeProof(node, at)).map(toBase64) };
}
