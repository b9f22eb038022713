/** The actions `get_info`, in the format of 2020, and `get_status`, its successor. */
import type { BlockName, getStatus, OutputJsonOf } from "@pruntime/api";
import { toHex } from "@pruntime/core/bytes";
import { genesisBalanceText, policyAuthorityText } from "@pruntime/core/light-client";
import { rulesNumber, version } from "@pruntime/core/version";
import { builtIns } from "@pruntime/interfaces";
import { finalizedOf, genesisOf, type QueryTerms, type RuntimeStatus } from "@pruntime/runtime";
import type { Handlers } from "./action.ts";
import { shownQueryKey } from "./evidence.ts";

const contracts = builtIns.map(({ id, name }) => ({ id, name }));

/** The handlers that describe the worker to any caller. */
export const infoHandlers: Handlers<"get_info" | "get_status"> = {
  /** Before init, `blocknum` is 0 and, as in 2020, `ecdh_public_key` is empty. */
  get_info: ({ runtime, identity }) => {
    const status = runtime.status();
    return {
      payload: {
        blocknum: status === undefined ? 0 : status.chain.dispatched.number + 1,
        ecdh_public_key: status === undefined ? "" : toHex(identity.keyPair.publicKey),
        initialized: status !== undefined,
        public_key: toHex(identity.signer.publicKey),
      },
    };
  },

  get_status: ({ runtime, identity, measurement, producer }) => ({
    payload: {
      ...chainStatus(runtime.status()),
      contracts,
      ecdh_public_key: toHex(identity.keyPair.publicKey),
      measurement: toHex(measurement),
      provider: producer.provider,
      public_key: toHex(identity.signer.publicKey),
      ...queryStatus(runtime.queryTerms()),
      rules: rulesNumber,
      version,
    },
  }),
};

/** The part of a status that describes the chain. */
type ChainStatus = Omit<
  OutputJsonOf<typeof getStatus>,
  | "contracts"
  | "ecdh_public_key"
  | "measurement"
  | "provider"
  | "public_key"
  | "query_key"
  | "query_life"
  | "rules"
  | "version"
>;

function queryStatus(
  terms: QueryTerms | undefined,
): Pick<OutputJsonOf<typeof getStatus>, "query_key" | "query_life"> {
  if (terms === undefined) return { query_key: null, query_life: null };
  return { query_key: shownQueryKey(terms.key), query_life: terms.longestLife };
}

function chainStatus(status: RuntimeStatus | undefined): ChainStatus {
  if (status === undefined)
    return {
      anchor: "",
      authorities: null,
      below_mark: false,
      chain_time_ms: "0",
      channel_v1: null,
      command_source: null,
      dispatched: null,
      finalized: null,
      genesis_balance: null,
      genesis_hash: "",
      initialized: false,
      mark: null,
      meaning: null,
      parachain: null,
      policy: null,
      policy_authority: null,
      recovery_keys: null,
      runtime_unreadable: null,
      staged: null,
      state_full: null,
      state_root: "",
    };
  const {
    anchor,
    channelV1,
    client,
    dispatched,
    genesisBalance,
    mark,
    meaning,
    para,
    policies,
    policyAuthority,
    recovery,
    source,
    staged,
    unreadable,
  } = status.chain;
  const { full } = status;
  const policy = policies.at(-1);
  const finalized = finalizedOf(status.chain);
  return {
    anchor: toHex(anchor),
    authorities: { count: client.authorities.authorities.length, set_id: String(client.authorities.setId) },
    below_mark: status.belowMark !== undefined,
    chain_time_ms: String(dispatched.timeMs),
    channel_v1: channelV1,
    command_source: source,
    dispatched: nameOf(dispatched),
    finalized: nameOf(finalized),
    genesis_balance: genesisBalanceText(genesisBalance),
    genesis_hash: toHex(genesisOf(status.chain)),
    initialized: true,
    mark: {
      finalized: nameOf(mark.finalized),
      parachain: mark.para === undefined ? null : nameOf(mark.para),
      set_id: String(mark.setId),
    },
    meaning,
    parachain: para === undefined ? null : { id: para.id, relay: nameOf(client.finalized) },
    policy: policy === undefined ? null : { serial: policy.serial, since_ms: String(policy.sinceMs) },
    policy_authority: policyAuthorityText(policyAuthority),
    recovery_keys:
      recovery === undefined ? null : { keys: recovery.keys.map(toHex), threshold: recovery.threshold },
    runtime_unreadable: unreadable ?? null,
    staged: staged.headers.length === 0 ? null : nameOf(staged.headers.tip),
    state_full: full === undefined ? null : { ...full, bytes: String(full.bytes), limit: String(full.limit) },
    state_root: toHex(status.stateRoot),
  };
}

function nameOf({ hash, number }: { readonly hash: Uint8Array; readonly number: number }): BlockName {
  return { hash: toHex(hash), number };
}
