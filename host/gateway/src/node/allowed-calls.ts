/**
 * The calls that the page may make to the node: the JSON-RPC methods that the client and the page use, and
 * the functions of the chain's runtime. None of them changes the node or reads its keys.
 */

/** The index, in the parameters of a method that runs the chain's code, of the function's name. */
const functionAt: Readonly<Record<string, number>> = {
  archive_v1_call: 1,
  chainHead_v1_call: 2,
  state_call: 0,
};

const runtimeFunctions: ReadonlySet<string> = new Set([
  "AccountNonceApi_account_nonce",
  "Core_version",
  "Metadata_metadata",
  "Metadata_metadata_at_version",
  "Metadata_metadata_versions",
  "TaggedTransactionQueue_validate_transaction",
  "TransactionPaymentApi_query_info",
]);

/** Methods that open something at the node, each with the method that closes it. */
const opening: Readonly<Record<string, string>> = {
  archive_v1_storage: "archive_v1_stopStorage",
  chainHead_v1_follow: "chainHead_v1_unfollow",
  chain_subscribeAllHeads: "chain_unsubscribeAllHeads",
  chain_subscribeFinalizedHeads: "chain_unsubscribeFinalizedHeads",
  grandpa_subscribeJustifications: "grandpa_unsubscribeJustifications",
  transaction_v1_broadcast: "transaction_v1_stop",
};

const methods: ReadonlySet<string> = new Set([
  ...Object.keys(functionAt),
  ...Object.entries(opening).flat(),
  "archive_v1_body",
  "archive_v1_finalizedHeight",
  "archive_v1_genesisHash",
  "archive_v1_hashByHeight",
  "archive_v1_header",
  "author_submitExtrinsic",
  "chainHead_v1_body",
  "chainHead_v1_continue",
  "chainHead_v1_header",
  "chainHead_v1_stopOperation",
  "chainHead_v1_storage",
  "chainHead_v1_unpin",
  "chainSpec_v1_chainName",
  "chainSpec_v1_genesisHash",
  "chainSpec_v1_properties",
  "chain_getBlock",
  "chain_getBlockHash",
  "chain_getFinalizedHead",
  "chain_getHeader",
  "grandpa_proveFinality",
  "rpc_methods",
  "state_getKeysPaged",
  "state_getReadProof",
  "state_getStorage",
  "state_getStorageHash",
  "state_queryStorageAt",
  "system_name",
  "system_properties",
]);

/** Whether the page may make this call. */
export function isAllowed(method: string, params: readonly unknown[]): boolean {
  if (!methods.has(method)) return false;
  const at = Object.hasOwn(functionAt, method) ? functionAt[method] : undefined;
  if (at === undefined) return true;
  const name = params[at];
  return typeof name === "string" && runtimeFunctions.has(name);
}

/** Whether a call opens something at the node, closes something, or does neither. */
export function effectOf(method: string): "opens" | "closes" | undefined {
  if (Object.hasOwn(opening, method)) return "opens";
  return Object.values(opening).includes(method) ? "closes" : undefined;
}
