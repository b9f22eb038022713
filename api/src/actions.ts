/**
 * Every action of the REST interface as data: server, client, command line, OpenAPI and docs read this one table. An action is called by
 * `POST /<action>` with `{"input":{…},"nonce":{…}}`; bodies are read by the enclave, which alone decides what they mean.
 */
import type { JsonObject } from "@pruntime/core/json";

/** Who may call: anybody, or only the operator (a peer on the same machine, or the holder of the operator's token). */
export type Access = "public" | "operator";

/** The name of an action, as it stands in the path. */
export type ActionName =
  | "test"
  | "init_runtime"
  | "get_info"
  | "dump_states"
  | "load_states"
  | "sync_block"
  | "query"
  | "set"
  | "get"
  | "sync_header"
  | "dispatch_block"
  | "sync_para"
  | "sync_code"
  | "get_status"
  | "get_evidence"
  | "handover_begin"
  | "handover_offer"
  | "handover_accept"
  | "handover_release"
  | "handover_complete";

/** One action. */
export interface Action {
  readonly action: ActionName;
  readonly access: Access;
  /** Where the interface comes from. */
  readonly since: "2020-05" | "2020-09" | "successor";
  /** Largest body taken, in bytes. */
  readonly maxBodyBytes: number;
  /** Served only when the operator started the worker with development actions. */
  readonly devOnly: boolean;
  /** Calls of one address in a gateway's window, where that is fewer than for other actions. */
  readonly maxCalls?: number;
  /** The payload has `evidence`, which a gateway completes by `collateral` in the envelope. */
  readonly showsEvidence?: true;
  readonly summary: string;
  /** JSON Schema of `input`. It documents; the enclave's own reader is what enforces. */
  readonly input: JsonObject;
  /** JSON Schema of the value that `payload` holds as text when `status` is "ok". */
  readonly output: JsonObject;
  /** An `input` to try. */
  readonly example: JsonObject;
}

const kib = 1024;
const mib = 1024 * kib;
const text: JsonObject = { type: "string" };
const base64: JsonObject = {
  type: "string",
  description: "base64, standard alphabet, padded",
  contentEncoding: "base64",
};
const hex: JsonObject = { type: "string", pattern: "^([0-9a-f]{2})*$" };
const u32: JsonObject = { type: "integer", minimum: 0, maximum: 4294967295 };
const bool: JsonObject = { type: "boolean" };
const nullable = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: "null" }] });
const list = (items: JsonObject): JsonObject => ({ type: "array", items });
const object = (properties: JsonObject, optional: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const blockName = nullable(object({ hash: hex, number: u32 }));

const evidence: JsonObject = {
  type: "object",
  description: "what the hardware gave; `collateral` of the envelope completes it",
};
const peer: JsonObject = object({
  ecdh_public_key: hex,
  evidence: { type: "object", description: "the other worker's, whole" },
  policy_proof_b64: list({
    ...base64,
    description: "node of a read proof of Registry.Policy at this worker's last dispatched block",
  }),
  public_key: hex,
});

const payloadSchema: JsonObject = {
  description: "an envelope: Plain, Cipher (2020) or SealedReply (HPKE)",
  anyOf: [
    object({ Plain: text }),
    object({ Cipher: object({ cipher_b64: base64, iv_b64: base64, pubkey_b64: base64 }) }),
    object({ SealedReply: object({ cipher_b64: base64, iv_b64: base64 }) }),
  ],
};

/** All actions, in the order of their 2020 ids, successors last. */
export const actions: readonly Action[] = [
  {
    action: "test",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 64 * kib,
    devOnly: true,
    summary: "Self-tests of the enclave: block parsing, bridge, key agreement.",
    input: object(
      {
        test_parse_block: bool,
        test_bridge: bool,
        test_ecdh: object({ pubkey_hex: hex, message_b64: base64 }, ["pubkey_hex", "message_b64"]),
      },
      ["test_parse_block", "test_bridge", "test_ecdh"],
    ),
    output: object({}),
    example: { test_parse_block: true },
  },
  {
    action: "init_runtime",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 16 * mib,
    devOnly: false,
    summary:
      "Gives the worker its trust anchor, once: the chain's genesis and, for commands by events, the runtime metadata.",
    input: object(
      {
        bridge_genesis_info_b64: { ...base64, description: "SCALE BridgeInitInfo; or give a checkpoint" },
        checkpoint: { ...text, description: "JSON text of a checkpoint, in place of the genesis" },
        code_proof_b64: {
          ...list(base64),
          description:
            "read proof of :code at the start point; with it events mean what the chain's own code says",
        },
        skip_ra: bool,
        parachain: {
          ...nullable(object({ genesis_header_b64: base64, id: u32 })),
          description: "a parachain to follow; genesis or checkpoint are then its relay chain's",
        },
        runtime_metadata_b64: {
          ...base64,
          description: "SCALE runtime metadata V14 to V16; with it commands come from events",
        },
      },
      ["bridge_genesis_info_b64", "checkpoint", "code_proof_b64", "parachain", "runtime_metadata_b64"],
    ),
    output: object({
      attestation: object({ payload: { type: "object" }, provider: text, version: u32 }),
      ecdh_public_key: hex,
      public_key: hex,
    }),
    example: { bridge_genesis_info_b64: "", skip_ra: true },
  },
  {
    action: "get_info",
    access: "public",
    since: "2020-05",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    summary: "The worker's keys and the next block it wants.",
    input: object({}),
    output: object({ blocknum: u32, ecdh_public_key: hex, initialized: bool, public_key: hex }),
    example: {},
  },
  {
    action: "dump_states",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    summary: "The whole state, sealed to this worker's sealing key and bound to its height.",
    input: object({}),
    output: object({ data: hex, nonce: hex }),
    example: {},
  },
  {
    action: "load_states",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 128 * mib,
    devOnly: false,
    summary: "Takes a dump of the same chain and anchor that is not older than what the worker has.",
    input: object({ data: hex, nonce: hex }),
    output: object({}),
    example: { data: "", nonce: "" },
  },
  {
    action: "sync_block",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 16 * mib,
    devOnly: false,
    summary:
      "One finalized block with its body and justification, as in 2020; for workers whose commands come from bodies.",
    input: object({ data: { ...base64, description: "SCALE SignedBlock" } }),
    output: object({ synced_to: u32 }),
    example: { data: "" },
  },
  {
    action: "query",
    access: "public",
    since: "2020-05",
    maxBodyBytes: 256 * kib,
    devOnly: false,
    summary: "Asks a contract; plain, or sealed to the worker, optionally signed by an account.",
    input: object({
      origin: nullable(
        object({
          origin: hex,
          sig_b64: base64,
          sig_type: { enum: ["sr25519", "ed25519", "ecdsa", "eip191", "eip712"] },
        }),
      ),
      query_payload: {
        ...text,
        description: "JSON text of the envelope; the signature is over its UTF-8 bytes",
      },
    }),
    output: payloadSchema,
    example: {
      origin: null,
      query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
    },
  },
  {
    action: "set",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 24 * mib,
    devOnly: false,
    summary: "Brings a file into DataPlaza's data area.",
    input: object({ data: base64, path: text }),
    output: object({ data: base64, path: text }),
    example: { data: "aGVsbG8=", path: "/ipfs/hello" },
  },
  {
    action: "get",
    access: "operator",
    since: "2020-05",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    summary: "Reads a file of DataPlaza's data area, join results among them.",
    input: object({ path: text }),
    output: object({ path: text, value: base64 }),
    example: { path: "/order/0" },
  },
  {
    action: "sync_header",
    access: "operator",
    since: "2020-09",
    maxBodyBytes: 32 * mib,
    devOnly: false,
    summary: "Consecutive headers, the last with a justification: moves finality.",
    input: object(
      {
        authority_set_change_b64: nullable(base64),
        headers_b64: list({ ...base64, description: "SCALE HeaderToSync" }),
      },
      ["authority_set_change_b64"],
    ),
    output: object({ synced_to: u32 }),
    example: { headers_b64: [] },
  },
  {
    action: "dispatch_block",
    access: "operator",
    since: "2020-09",
    maxBodyBytes: 32 * mib,
    devOnly: false,
    summary: "Events of finalized blocks with their read proofs: executes the commands in them.",
    input: object(
      {
        blocks_b64: list({ ...base64, description: "SCALE BlockHeaderWithEvents" }),
        remarks_b64: {
          ...list(base64),
          description: "what was remarked with an event in these blocks, in any order",
        },
      },
      ["remarks_b64"],
    ),
    output: object({ dispatched_to: u32 }),
    example: { blocks_b64: [] },
  },
  {
    action: "sync_para",
    access: "operator",
    since: "successor",
    maxBodyBytes: 32 * mib,
    devOnly: false,
    summary:
      "Headers of the parachain up to its head in the relay chain's last finalized state, with a read proof of that head.",
    input: object({ headers_b64: list({ ...base64, description: "SCALE header" }), proof_b64: list(base64) }),
    output: object({ synced_to: u32 }),
    example: { headers_b64: [], proof_b64: [] },
  },
  {
    action: "sync_code",
    access: "operator",
    since: "successor",
    maxBodyBytes: 32 * mib,
    devOnly: false,
    summary: "A read proof of the new runtime code, once the block that changed it is dispatched.",
    input: object({ proof_b64: list({ ...base64, description: "node of a read proof of :code" }) }),
    output: object({ from: nullable(u32) }),
    example: { proof_b64: [] },
  },
  {
    action: "get_status",
    access: "public",
    since: "successor",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    summary: "Anchor, finality, dispatch, chain time, state root, provider and measurement.",
    input: object({}),
    output: object({
      anchor: hex,
      authorities: nullable(object({ count: u32, set_id: text })),
      chain_time_ms: text,
      command_source: { enum: ["events", "bodies", null] },
      contracts: list(object({ id: u32, name: text })),
      dispatched: blockName,
      ecdh_public_key: hex,
      finalized: blockName,
      genesis_hash: hex,
      initialized: bool,
      measurement: hex,
      parachain: nullable(object({ id: u32, relay: blockName })),
      provider: text,
      public_key: hex,
      state_root: hex,
      version: text,
    }),
    example: {},
  },
  {
    action: "get_evidence",
    access: "public",
    since: "successor",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    maxCalls: 30,
    showsEvidence: true,
    summary: "Fresh evidence of the hardware for the worker's keys and chain, over the caller's nonce.",
    input: object(
      {
        nonce: {
          ...hex,
          description: "32 bytes that the caller has just drawn; for a registry, the hash of a recent block",
        },
        purpose: { enum: ["worker", "registration"], description: "default: worker" },
      },
      ["purpose"],
    ),
    output: object({
      anchor: hex,
      ecdh_public_key: hex,
      evidence,
      genesis_hash: hex,
      nonce: hex,
      provider: text,
      public_key: hex,
      purpose: text,
    }),
    example: { nonce: "00".repeat(32) },
  },
  {
    action: "handover_begin",
    access: "operator",
    since: "successor",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    summary: "To the worker that is to get another's keys: draws the challenge.",
    input: object({}),
    output: object({ challenge: hex }),
    example: {},
  },
  {
    action: "handover_offer",
    access: "operator",
    since: "successor",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    showsEvidence: true,
    summary: "To the worker whose keys are wanted: shows evidence over the challenge and a nonce of its own.",
    input: object({ challenge: hex }),
    output: object({ challenge: hex, ecdh_public_key: hex, evidence, nonce: hex, public_key: hex }),
    example: { challenge: "00".repeat(32) },
  },
  {
    action: "handover_accept",
    access: "operator",
    since: "successor",
    maxBodyBytes: 4 * mib,
    devOnly: false,
    showsEvidence: true,
    summary: "To the receiver: checks the source by the policy in the chain's state, and shows evidence.",
    input: object({ nonce: hex, source: peer }),
    output: object({ ecdh_public_key: hex, evidence, nonce: hex, public_key: hex }),
    example: { nonce: "00".repeat(32), source: {} },
  },
  {
    action: "handover_release",
    access: "operator",
    since: "successor",
    maxBodyBytes: 4 * mib,
    devOnly: false,
    summary:
      "To the source: checks the receiver by the policy in the chain's state, and seals the keys to it, once.",
    input: object({ challenge: hex, nonce: hex, receiver: peer }),
    output: object({ sealed_b64: base64 }),
    example: { challenge: "00".repeat(32), nonce: "00".repeat(32), receiver: {} },
  },
  {
    action: "handover_complete",
    access: "operator",
    since: "successor",
    maxBodyBytes: 16 * kib,
    devOnly: false,
    summary: "To the receiver: takes the keys, and begins anew with them.",
    input: object({ sealed_b64: base64 }),
    output: object({ ecdh_public_key: hex }),
    example: { sealed_b64: "" },
  },
];

/** The action of a name, or `undefined`. */
export function findAction(name: string): Action | undefined {
  return actions.find(({ action }) => action === name);
}

/** The JSON Schema of a request body around an action's input. */
export function requestSchema(action: Action): JsonObject {
  return object({ input: action.input, nonce: { type: "object", description: "free-form; not read" } });
}

/** The JSON Schema of the reply envelope. */
export const envelopeSchema: JsonObject = object(
  {
    collateral: {
      type: "object",
      description:
        "get_evidence only: what the gateway fetched to complete the evidence; not signed by the worker",
    },
    payload: { ...text, description: "JSON text" },
    signature: { ...hex, description: "secp256k1 r‖s by the identity key over sha256(payload)" },
    status: { enum: ["ok", "error"] },
  },
  ["collateral"],
);

/** The JSON Schema of a coded refusal. */
export const refusalSchema: JsonObject = object(
  { code: text, message: text, payload: text, signature: hex, status: { enum: ["error"] } },
  ["message", "payload", "signature"],
);
