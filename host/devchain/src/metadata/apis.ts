/** Runtime APIs reachable through `state_call`: name, version, methods with inputs and output. */
export interface RuntimeApi {
  readonly name: string;
  readonly version: number;
  readonly methods: Readonly<Record<string, readonly [inputs: Readonly<Record<string, string>>, output: string]>>;
}

/** Versions stand in `RuntimeVersion.apis` too: clients look for `Metadata` there before they ask for modern metadata. */
export const runtimeApis: readonly RuntimeApi[] = [
  { name: "Core", version: 5, methods: { version: [{}, "RuntimeVersion"] } },
  {
    name: "Metadata",
    version: 2,
    methods: {
      metadata: [{}, "OpaqueMetadata"],
      metadata_at_version: [{ version: "u32" }, "Option<OpaqueMetadata>"],
      metadata_versions: [{}, "Vec<u32>"],
    },
  },
  {
    name: "TaggedTransactionQueue",
    version: 3,
    methods: {
      validate_transaction: [
        { source: "TransactionSource", tx: "UncheckedExtrinsic", block_hash: "H256" },
        "Result<ValidTransaction, TransactionValidityError>",
      ],
    },
  },
  {
    name: "GrandpaApi",
    version: 3,
    methods: { grandpa_authorities: [{}, "Vec<(GrandpaId, u64)>"], current_set_id: [{}, "u64"] },
  },
  { name: "AccountNonceApi", version: 1, methods: { account_nonce: [{ account: "AccountId32" }, "u32"] } },
  {
    name: "TransactionPaymentApi",
    version: 4,
    methods: { query_info: [{ uxt: "UncheckedExtrinsic", len: "u32" }, "RuntimeDispatchInfo"] },
  },
];
