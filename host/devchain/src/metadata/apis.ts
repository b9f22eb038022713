import type { Role } from "../network.ts";

/** A runtime API for `state_call`: its name, its version, and its methods with their inputs and outputs. */
export interface RuntimeApi {
  readonly name: string;
  /** blake2-64 of the name, which identifies the API in `RuntimeVersion`. */
  readonly id: string;
  readonly version: number;
  readonly methods: Readonly<
    Record<string, readonly [inputs: Readonly<Record<string, string>>, output: string]>
  >;
}

/** The APIs of a chain's runtime. A parachain's runtime has no `GrandpaApi`. */
export function runtimeApisOf(role: Role): readonly RuntimeApi[] {
  return runtimeApis.filter(({ name }) => role !== "para" || name !== "GrandpaApi");
}

/**
 * All runtime APIs. `RuntimeVersion.apis` also lists their ids and versions, because clients look for
 * `Metadata` there before they request modern metadata.
 */
const runtimeApis: readonly RuntimeApi[] = [
  { name: "Core", id: "0xdf6acb689907609b", version: 5, methods: { version: [{}, "RuntimeVersion"] } },
  {
    name: "Metadata",
    id: "0x37e397fc7c91f5e4",
    version: 2,
    methods: {
      metadata: [{}, "OpaqueMetadata"],
      metadata_at_version: [{ version: "u32" }, "Option<OpaqueMetadata>"],
      metadata_versions: [{}, "Vec<u32>"],
    },
  },
  {
    name: "TaggedTransactionQueue",
    id: "0xd2bc9897eed08f15",
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
    id: "0xed99c5acb25eedf5",
    version: 3,
    methods: { grandpa_authorities: [{}, "Vec<(GrandpaId, u64)>"], current_set_id: [{}, "u64"] },
  },
  {
    name: "AccountNonceApi",
    id: "0xbc9d89904f5b923f",
    version: 1,
    methods: { account_nonce: [{ account: "AccountId32" }, "u32"] },
  },
  {
    name: "TransactionPaymentApi",
    id: "0x37c8bb1350a9a2a8",
    version: 4,
    methods: { query_info: [{ uxt: "UncheckedExtrinsic", len: "u32" }, "RuntimeDispatchInfo"] },
  },
];
