/**
 * Tests that the embedded chain's answers have the same shapes as a real node's. A shape names the types in
 * an answer: `hex`, `str`, `number`, `boolean`, `null`, `[shape of the elements]`, `{field:shape,…}`. The
 * shape of an error is `error` and its code. An empty list has the shape `[]`, which matches any list.
 */
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { type Bench, serve } from "./bench.ts";

const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const unknown = `0x${"11".repeat(32)}`;
const header = "{digest:{logs:[hex]},extrinsicsRoot:hex,number:hex,parentHash:hex,stateRoot:hex}";
const version =
  "{apis:[[hex]],authoringVersion:number,implName:str,implVersion:number,specName:str,specVersion:number," +
  "stateVersion:number,systemVersion:number,transactionVersion:number}";

/** Calls, each with the shape of the answer that a node of polkadot-sdk stable2503 gives. */
const table: readonly (readonly [method: string, params: readonly unknown[], answer: string])[] = [
  ["chain_getBlockHash", [], "hex"],
  ["chain_getBlockHash", [[0, 1]], "[hex]"],
  ["chain_getBlockHash", [99_999_999], "null"],
  ["chain_getBlockHash", ["0x1"], "hex"],
  ["chain_getBlockHash", ["x"], "error -32602"],
  ["chain_getHeader", [], header],
  ["chain_getHeader", [unknown], "null"],
  ["chain_getBlock", [], `{block:{extrinsics:[hex],header:${header}},justifications:[[[number]]]}`],
  ["chain_getBlock", ["0x12"], "error -32602"],
  ["chain_getFinalizedHead", [], "hex"],
  ["state_getStorage", ["0x3a636f6465", unknown], "error 4003"],
  ["state_getStorage", ["zz"], "error -32602"],
  ["state_getStorage", [], "error -32602"],
  ["state_getStorageHash", ["0x3a686561707061676573"], "null"],
  ["state_getStorageSize", ["0x3a636f6465"], "number"],
  ["state_getKeysPaged", ["0x", 3], "[hex]"],
  ["state_getKeysPaged", ["0x", 5000], "error 4002"],
  ["state_queryStorageAt", [["0x3a686561707061676573"]], "[{block:hex,changes:[[hex]]}]"],
  ["state_getRuntimeVersion", [], version],
  ["state_getMetadata", [unknown], "error 4003"],
  ["state_call", ["Core_version", "0x"], "hex"],
  ["state_call", ["No_such", "0x"], "error 4003"],
  ["state_call", ["Metadata_metadata_versions", "0x"], "hex"],
  ["state_getReadProof", [["0x00"]], "{at:hex,proof:[hex]}"],
  ["state_subscribeStorage", [], "str"],
  ["system_chain", [], "str"],
  ["system_name", [], "str"],
  ["system_version", [], "str"],
  ["system_health", [], "{isSyncing:boolean,peers:number,shouldHavePeers:boolean}"],
  ["system_chainType", [], "str"],
  ["system_peers", [], "[{bestHash:hex,bestNumber:number,peerId:str,roles:str}]"],
  ["system_nodeRoles", [], "[str]"],
  ["system_syncState", [], "{currentBlock:number,highestBlock:number,startingBlock:number}"],
  ["system_accountNextIndex", [alice], "number"],
  ["system_accountNextIndex", ["bad"], "error -32602"],
  ["payment_queryInfo", ["0x00"], "error 1"],
  ["author_submitExtrinsic", ["0x00"], "error 1002"],
  ["author_submitExtrinsic", ["0x"], "error 1040"],
  ["author_pendingExtrinsics", [], "[]"],
  ["grandpa_proveFinality", [1], "hex"],
  ["grandpa_proveFinality", [99_999_999], "error 4"],
  ["rpc_methods", [], "{methods:[str]}"],
  ["chainSpec_v1_genesisHash", [], "hex"],
  ["archive_v1_finalizedHeight", [], "number"],
  ["archive_v1_genesisHash", [], "hex"],
  ["transaction_v1_broadcast", ["0x00"], "str"],
  ["chainHead_v1_header", ["x", unknown], "null"],
  ["no_such", [], "error -32601"],
];

async function bench(): Promise<Bench> {
  const made = await serve({ mode: { kind: "manual" } });
  made.chain.produceBlock();
  return made;
}

describe("the embedded chain", () => {
  it.each(table)("answers %s %j as a node does", async (method, params, wanted) => {
    const { rpc } = await bench();
    expect(fits(shapeOf(await rpc.ask(method, ...params)), wanted)).toEqual(true);
  });

  it("names its errors as a node does", async () => {
    const { rpc } = await bench();
    const messages = async (method: string, ...params: unknown[]): Promise<unknown> => {
      const { error } = await rpc.ask(method, ...params);
      return [error?.message, error?.data];
    };
    expect(await messages("payment_queryInfo", "0x00")).toEqual([
      "Unable to query dispatch info.",
      expect.stringMatching(/^Execution failed: Execution aborted due to trap/),
    ]);
    expect(await messages("author_submitExtrinsic", "0x00")).toEqual([
      expect.stringMatching(/^Verification Error: Runtime error: Execution failed/),
      expect.stringMatching(/^RuntimeApi\("/),
    ]);
    expect(await messages("author_submitExtrinsic", "0x")).toEqual([
      expect.stringMatching(/^Client error: Could not decode `OpaqueExtrinsic\.0`/),
      undefined,
    ]);
  });

  recorded("answers each recorded call that it supports in the recorded shape", async ({ files }) => {
    const calls = files.json("live-node/rpc-answers.json") as readonly RecordedCall[];
    const { rpc } = await bench();
    const { methods } = await rpc.call<{ readonly methods: readonly string[] }>("rpc_methods");
    const known = calls.filter(({ method }) => methods.includes(method));
    const differing: unknown[] = [];
    for (const { method, params, answer } of known) {
      const got = shapeOf(await rpc.ask(method, ...params));
      if (!fits(got, recordedShape(answer)) && !explained(method, params))
        differing.push({ method, answer, got });
    }
    expect([known.length, differing]).toEqual([47, []]);
  });
});

interface RecordedCall {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly answer: string;
}

/**
 * Whether the chain's answer may differ from the recorded answer. The recorded node had already refused the
 * extrinsic `0x00`, and therefore answered 1012. The recorded node's chain has no properties.
 */
function explained(method: string, params: readonly unknown[]): boolean {
  return (method === "author_submitExtrinsic" && params[0] === "0x00") || method === "system_properties";
}

/**
 * Converts a recorded answer to a shape. `ok hex` becomes `hex`, and `err -32602 Invalid params: …` becomes
 * `error -32602`.
 */
function recordedShape(answer: string): string {
  const [kind = "", first = ""] = answer.split(" ");
  return kind === "err" ? `error ${first}` : answer.slice(3);
}

function shapeOf({
  result,
  error,
}: {
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}): string {
  return error === undefined ? valueShape(result) : `error ${error.code}`;
}

function valueShape(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return /^0x[0-9a-f]*$/.test(value) ? "hex" : "str";
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${valueShape(value[0])}]`;
  if (typeof value !== "object") return typeof value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${name}:${valueShape(field)}`).join(",")}}`;
}

/** Whether a shape matches the wanted shape. On either side, the shape of an empty list matches any list. */
function fits(got: string, wanted: string): boolean {
  if (got === wanted) return true;
  return got === "[]" ? wanted.startsWith("[") : wanted === "[]" && got.startsWith("[");
}
