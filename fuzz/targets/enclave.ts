import { actions, type EnclaveReply } from "@pruntime/api";
import { fromUtf8, toBase64, utf8 } from "@pruntime/core/bytes";
import { encodePayload, encodeQuery } from "@pruntime/core/channel";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { boot } from "../../enclave/src/boot.ts";
import { respond } from "../../enclave/src/respond.ts";
import { createSealer, simulatedKeys } from "../../enclave/src/sealing.ts";
import { extrinsic2020, pushCommand2020, TinyChain } from "../../trusted/runtime/test/support/tiny-chain.ts";
import { keptInput } from "../corpus.ts";
import { Broken, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();
const names = actions.map(({ action }) => action);
const metadata = keptInput("metadata", "devchain-14");
const tiny = new TinyChain(0, metadata);
tiny.grow({ extrinsics: [extrinsic2020(pushCommand2020(2, utf8('{"Plain":"{}"}')))], events: keptInput("events", "command") });
tiny.grow({ events: keptInput("events", "quiet") });

const init = { bridge_genesis_info_b64: toBase64(tiny.genesisInfo()), skip_ra: true };
const withMetadata = { ...init, runtime_metadata_b64: toBase64(metadata) };
const bodyOf = (input: object) => utf8(JSON.stringify({ input, nonce: { value: 1 } }));

/** A worker as the gateway starts it, by `choice` without a chain, with one of bodies or with one of events. */
function started(choice: number) {
  let draws = 0;
  const random = (length: number) => new Uint8Array(length).fill(++draws & 0xff);
  const sealer = createSealer(crypto, random, simulatedKeys);
  const runtimeCode = { metadataOf: (code: Uint8Array) => (code[0] === 0x6d ? code : undefined) };
  const { enclave } = boot({ crypto, random, sealer, measurement: new Uint8Array(32), runtimeCode }, { devTest: true }, []);
  const chain = [undefined, init, withMetadata][choice % 3];
  if (chain !== undefined) respond(enclave, 1, "init_runtime", bodyOf(chain));
  return enclave;
}

/** Two bytes choose the worker's state and the action; the rest is the HTTP body. */
export const target: Target = {
  words: [
    ...jsonWords,
    '"input"',
    '"nonce"',
    ...["headers_b64", "blocks_b64", "data", "path", "query_payload", "origin"].map((key) => `"${key}":`),
  ],
  maxLength: 32_768,
  run: (input) => {
    const [choice = 0, action = 0] = input;
    const messages = respond(started(choice), 7, names[action % names.length] as string, input.slice(2));
    const reply = messages.at(-1) as EnclaveReply;
    if (reply.status >= 500) throw new Broken(`status ${reply.status}: ${JSON.stringify(messages.slice(0, -1))}`);
    if (reply.status !== 200 && reply.code === undefined) throw new Broken("a refusal without a code");
    JSON.parse(fromUtf8(reply.body));
    return reply;
  },
  genuine: () => {
    const of = (choice: number, action: string, input: object) =>
      Uint8Array.of(
        choice,
        names.findIndex((name) => name === action),
        ...bodyOf(input),
      );
    const queryPayload = encodePayload({
      kind: "plain",
      text: encodeQuery({ kind: "2020", contractId: 2, nonce: 1, request: "TotalIssuance" }),
    });
    const quiet = ["test", "get_info", "dump_states", "get_status"].map((action) => [action, of(1, action, {})] as const);
    return {
      ...Object.fromEntries(quiet),
      init_runtime: of(0, "init_runtime", init),
      load_states: of(1, "load_states", { data: toBase64(new Uint8Array(40)) }),
      sync_block: of(1, "sync_block", { data: toBase64(tiny.body(1).block) }),
      sync_header: of(2, "sync_header", {
        headers_b64: tiny.headers(1, 2).headers.map(toBase64),
        authority_set_change_b64: null,
      }),
      dispatch_block: of(2, "dispatch_block", { blocks_b64: tiny.dispatch(1, 2).blocks.map(toBase64) }),
      sync_code: of(2, "sync_code", { code_proof_b64: tiny.codeProof(0).map(toBase64) }),
      query: of(2, "query", { query_payload: queryPayload, origin: null }),
      set: of(1, "set", { path: "a.csv", data: toBase64(utf8("a,b\n1,2\n")) }),
      get: of(1, "get", { path: "a.csv" }),
    };
  },
};
