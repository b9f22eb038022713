import type { ActionName, EnclaveReply } from "@pruntime/api";
import { concat, fromUtf8, toBase64, utf8 } from "@pruntime/core/bytes";
import { encodePayload, encodeQuery2020 } from "@pruntime/core/channel";
import { ProtocolError } from "@pruntime/core/errors";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { RuntimeCode } from "@pruntime/runtime";
import type { Enclave } from "../../enclave/src/actions/action.ts";
import { boot } from "../../enclave/src/boot.ts";
import { simulated } from "../../enclave/src/producers/simulated.ts";
import { createSealer, developmentKey } from "../../enclave/src/store/sealing.ts";
import { answerNow } from "../../enclave/test/support/answer-now.ts";
import {
  extrinsic2020,
  pushCommand2020,
  runtimeUpdated,
  TinyChain,
} from "../../trusted/runtime/test/support/tiny-chain.ts";
import { keptInput } from "../corpus.ts";
import { Broken, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();
/** Inputs name an action by its position here, so add new actions at the end. */
const names = [
  "test",
  "init_runtime",
  "get_info",
  "dump_states",
  "load_states",
  "sync_block",
  "query",
  "set",
  "get",
  "sync_header",
  "dispatch_block",
  "sync_code",
  "get_status",
  "sync_para",
  "get_evidence",
  "dump_begin",
  "dump_page",
  "load_page",
] as const satisfies readonly ActionName[];
const metadata = keptInput("metadata", "devchain-14");
const tiny = new TinyChain(0, metadata);
tiny.grow({
  extrinsics: [extrinsic2020(pushCommand2020(2, utf8('{"Plain":"{}"}')))],
  events: keptInput("events", "command"),
});
tiny.grow({ events: keptInput("events", "quiet"), digest: [runtimeUpdated], code: metadata });

const init = { bridge_genesis_info_b64: toBase64(tiny.genesisInfo()), skip_ra: true };
const withMetadata = { ...init, runtime_metadata_b64: toBase64(metadata) };
const bodyOf = (input: object) => utf8(JSON.stringify({ input, nonce: { value: 1 } }));

/** Actions that change what a dump of the state does not show. */
const stateful: readonly ActionName[] = ["set", "dump_begin", "dump_page", "load_page"];

interface Worker {
  readonly enclave: Enclave;
  /** Makes the random draws repeat, so that answers can be compared. */
  readonly rewind: () => void;
}

const headers = { headers_b64: tiny.headers(1, 2).headers.map(toBase64), authority_set_change_b64: null };
const file = { path: "a.csv", data: toBase64(utf8("a,b\n1,2\n")) };

const dispatch = (from: number, to: number) => ({ blocks_b64: tiny.dispatch(from, to).blocks.map(toBase64) });

/**
 * The histories of a worker: not started on a chain; started on a chain whose commands are in bodies; started
 * on a chain whose commands are in events; the same chain with a file stored and the first block executed;
 * the same chain with both blocks executed and no file stored; and, with commands in bodies, a dump begun.
 */
const histories: readonly (readonly (readonly [action: string, input: object])[])[] = [
  [],
  [["init_runtime", init]],
  [["init_runtime", withMetadata]],
  [
    ["init_runtime", withMetadata],
    ["sync_header", headers],
    ["set", file],
    ["dispatch_block", dispatch(1, 1)],
  ],
  [
    ["init_runtime", withMetadata],
    ["sync_header", headers],
    ["dispatch_block", dispatch(1, 2)],
  ],
  [
    ["init_runtime", init],
    ["dump_begin", {}],
  ],
];

/** Starts a worker as the gateway does, and replays one of the histories. */
function started(choice: number): Worker {
  let draws = 0;
  const random = (length: number) => new Uint8Array(length).fill(++draws & 0xff);
  const sealer = createSealer(crypto, random, developmentKey);
  const runtimeCode: RuntimeCode = {
    *metadataOf(code) {
      yield;
      return code[0] === 0x6d ? code : undefined;
    },
  };
  const measurement = new Uint8Array(32);
  const producer = simulated(crypto, measurement);
  const stateBudget = Infinity;
  const platform = {
    crypto,
    random,
    sealer,
    measurement,
    runtimeCode,
    stateBudget,
    allowsV1: true,
    producer,
    production: false,
  };
  const { enclave } = boot(platform, { devTest: true }, []);
  for (const [action, input] of histories[choice] ?? []) answerNow(enclave, 1, action, bodyOf(input));
  return { enclave, rewind: () => (draws = 100) };
}

/** Workers whose state has not changed since their start. */
const unchanged = new Map<number, Worker>();

/**
 * Returns the state of the worker as a dump. A dump contains no files, so callers must account for files
 * themselves.
 */
function held({ runtime }: Enclave): string {
  const outcome = runtime.accept({ kind: "dump" });
  return outcome.ok ? Buffer.from(outcome.value.dump).toString("hex") : outcome.error.code;
}

/** The first two bytes of an input choose the worker's history and the action. The rest is the HTTP body. */
export const target: Target = {
  words: [
    ...jsonWords,
    '"input"',
    '"nonce"',
    ...["headers_b64", "blocks_b64", "data", "path", "query_payload", "origin"].map((key) => `"${key}":`),
  ],
  leastHeap: 48 * 1024 * 1024,
  maxLength: 32_768,
  run: (input) => {
    const choice = (input[0] ?? 0) % histories.length;
    const action = names[(input[1] ?? 0) % names.length] as ActionName;
    const worker = unchanged.get(choice) ?? started(choice);
    unchanged.delete(choice);
    worker.rewind();
    const before = held(worker.enclave);
    const messages = answerNow(worker.enclave, 7, action, input.slice(2));
    const reply = messages.at(-1) as EnclaveReply;
    const same = held(worker.enclave) === before;
    if (reply.status >= 500)
      throw new Broken(`status ${reply.status}: ${JSON.stringify(messages.slice(0, -1))}`);
    JSON.parse(fromUtf8(reply.body));
    if (reply.code === undefined) {
      if (reply.status !== 200) throw new Broken("a refusal without a code");
      if (same && !stateful.includes(action)) unchanged.set(choice, worker);
      return reply;
    }
    if (!same) throw new Broken(`${reply.code} changed the state`);
    unchanged.set(choice, worker);
    const detail = { ...reply, code: reply.code };
    throw new ProtocolError(detail);
  },
  genuine: () => {
    const of = (choice: number, action: string, input: object) =>
      concat(Uint8Array.of(choice, (names as readonly string[]).indexOf(action)), bodyOf(input));
    const queryPayload = encodePayload({
      kind: "plain",
      text: encodeQuery2020({ contractId: 2, nonce: 1, request: "TotalIssuance" }),
    });
    const quiet = ["test", "get_info", "dump_states", "get_status", "dump_begin"].map(
      (action) => [action, of(1, action, {})] as const,
    );
    return {
      ...Object.fromEntries(quiet),
      init_runtime: of(0, "init_runtime", init),
      init_attested: of(0, "init_runtime", { ...init, skip_ra: false }),
      get_evidence: of(1, "get_evidence", { nonce: "5a".repeat(32) }),
      load_states: of(1, "load_states", payloadOf(1, "dump_states")),
      dump_page: of(5, "dump_page", { ...payloadOf(5, "dump_begin"), index: 0 }),
      load_page: of(1, "load_page", page(1)),
      sync_block: of(1, "sync_block", { data: toBase64(tiny.body(1).block) }),
      sync_header: of(2, "sync_header", headers),
      dispatch_block: of(3, "dispatch_block", dispatch(2, 2)),
      sync_code: of(4, "sync_code", { proof_b64: tiny.codeProof(2).map(toBase64) }),
      query: of(2, "query", { query_payload: queryPayload, origin: null }),
      set: of(1, "set", file),
      get: of(3, "get", { path: file.path }),
    };
  },
};

/** The payload with which a worker answers an action without input. */
function payloadOf(choice: number, action: ActionName): object {
  const { body } = answerNow(started(choice).enclave, 1, action, bodyOf({})).at(-1) as EnclaveReply;
  return JSON.parse((JSON.parse(fromUtf8(body)) as { payload: string }).payload) as object;
}

const pageId = "5a".repeat(16);

/** The input of `load_page` with the whole state of a worker. */
function page(choice: number): object {
  const { runtime, sealer } = started(choice).enclave;
  const outcome = runtime.accept({ kind: "dump" });
  const bytes = outcome.ok ? outcome.value.dump : new Uint8Array();
  return { id: pageId, index: 0, page: toBase64(sealer.seal(`dump/${pageId}/0`, bytes)) };
}
