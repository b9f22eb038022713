import { AccountId } from "@polkadot-api/substrate-bindings";
import { equal } from "@pruntime/core/bytes";
import { Reader, readCompact, readCompactU32 } from "@pruntime/core/scale";
import { version } from "@pruntime/core/version";
import { invalidParams } from "../error.ts";
import type { Method, MethodTable } from "../method.ts";
import type { Params } from "../params.ts";

/** The properties that wallets need to display addresses and balances. */
export const properties = { ss58Format: 42, tokenDecimals: 12, tokenSymbol: "UNIT" } as const;

/** Returns the nonce for an account's next transaction. Transactions in the pool count as sent. */
const accountNextIndex: Method = (params, { node }) => {
  const id = account(params, 0);
  const waiting = new Set(node.chain.pending().map((extrinsic) => nonceOf(extrinsic, id)));
  let nonce = new Reader(node.call(node.best(), "AccountNonceApi_account_nonce", id)).u32();
  while (waiting.has(nonce)) nonce++;
  return nonce;
};

const syncState: Method = (_, { node }) => {
  const { number } = node.best().header;
  return { startingBlock: 0, currentBlock: number, highestBlock: number };
};

/** The methods that describe the node and its chain. */
export const systemMethods: MethodTable = {
  system_name: () => "pruntime devchain",
  system_version: () => version,
  system_chain: (_, { node }) => node.chain.name,
  system_chainType: () => "Development",
  system_properties: () => properties,
  system_health: () => ({ peers: 0, isSyncing: false, shouldHavePeers: false }),
  system_peers: () => [],
  system_nodeRoles: () => ["Authority"],
  system_localListenAddresses: () => [],
  system_syncState: syncState,
  system_accountNextIndex: accountNextIndex,
  account_nextIndex: accountNextIndex,
};

/** Reads an account parameter, which is an SS58 address. No other method uses SS58 addresses. */
function account(params: Params, index: number): Uint8Array {
  try {
    return AccountId().enc(params.text(index));
  } catch (cause) {
    throw Object.assign(invalidParams(`params[${index}] is not an SS58 account`), { cause });
  }
}

/**
 * The nonce of an extrinsic that `id` signed; `undefined` if `id` did not sign it. Layout: `compact length ‖
 * 0x84 ‖ 0x00 ‖ account(32) ‖ signature kind ‖ signature (64, ECDSA 65) ‖ era (1, mortal 2) ‖ compact nonce ‖
 * …`.
 */
function nonceOf(extrinsic: Uint8Array, id: Uint8Array): number | undefined {
  const r = new Reader(extrinsic);
  readCompact(r);
  if (r.u8() !== 0x84 || r.u8() !== 0 || !equal(r.take(32), id)) return undefined;
  r.take(r.u8() === 2 ? 65 : 64);
  if (r.u8() !== 0) r.u8();
  return readCompactU32(r);
}
