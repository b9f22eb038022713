/** Each action's row reads the enclave's real answer, and the row's schema accepts it. */
import { type ActionName, actions, findAction } from "@pruntime/api";
import { toBase64, toHex } from "@pruntime/core/bytes";
import { canonicalJson, parseJson, schemaOf } from "@pruntime/core/json";
import { paraHeadKey } from "@pruntime/core/parachain";
import { bridgeInitInfo, createParaPair } from "@pruntime/devchain";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { headers } from "../../trusted/runtime/test/support/devchain.ts";
import { runtimeUpdated } from "../../trusted/runtime/test/support/tiny-chain.ts";
import {
  blocksInput,
  bodyInput,
  headersInput,
  initInput,
  initialized,
  metadata,
  milliseconds,
  TinyChain,
} from "./support/chain.ts";
import { type Called, measurement, type Started, start } from "./support/enclave.ts";
import { init } from "./support/follow-devchain.ts";
import { handOver, type Replies } from "./support/handover.ts";
import { forcedChain, recover, recovery_keys } from "./support/recovery.ts";

const policy = canonicalJson({ version: 1, simulated: { measurements: [toHex(measurement)] } });
const events = Uint8Array.of(0);
const chain = new TinyChain(0, metadata);
chain.grow({ events, now: milliseconds(1_700_000_000_000n), policy });
chain.grow({
  events,
  now: milliseconds(1_700_000_001_000n),
  policy,
  digest: [runtimeUpdated],
  code: metadata,
});

const file = { data: toBase64(Uint8Array.of(1, 2, 3)), path: "/ipfs/file" };
const plain = { Plain: canonicalJson({ contract_id: 2, nonce: 1, request: "TotalIssuance" }) };

const byBodies = () => initialized(start(), chain);
const byEvents = () => initialized(start(), chain, metadata);

/** Starts a worker and brings it to block 2. @param seed gives each worker different secrets */
function dispatched(seed = 1, of = chain): Started {
  let draws = seed;
  const worker = start({ random: (length) => new Uint8Array(length).fill(++draws & 0xff) });
  initialized(worker, of, metadata);
  answer(worker.call("sync_header", headersInput(of, 1, 2)));
  answer(worker.call("dispatch_block", blocksInput(of, 1, 2)));
  return worker;
}

// biome-ignore lint/suspicious/noExplicitAny: each caller knows the payload that it expects
function answer({ outcome, text, payload }: Called): any {
  expect(outcome, text).toBe("ok");
  return payload;
}

/** Runs a handover, and returns the reply to one of its steps. */
function handover(step: keyof Replies): Called {
  const trunk = new TinyChain(0, metadata);
  const content = { events, now: milliseconds(1_700_000_000_000n), policy };
  for (let i = 0; i < 2; i++) trunk.grow(content);
  const [source, receiver] = [dispatched(10, trunk), dispatched(60, trunk)];
  return handOver(source, receiver, trunk, content)[step];
}

async function parachain(): Promise<Called> {
  const manual = { mode: { kind: "manual" } } as const;
  const pair = await createParaPair({ relay: manual, para: manual });
  try {
    const { relay, para, paraId: id } = pair;
    const worker = start();
    const anchor = {
      bridge_genesis_info_b64: bridgeInitInfo(relay),
      parachain: { genesis_header_b64: toBase64(para.genesis.encodedHeader), id },
      runtime_metadata_b64: toBase64(para.metadata(14)),
      skip_ra: true,
    };
    answer(worker.call("init_runtime", anchor));
    pair.produce(2);
    const top = relay.finalized().header.number;
    const headers_b64 = headers(relay, 1, top).headers.map(toBase64);
    answer(worker.call("sync_header", { headers_b64 }));
    const proof = relay.readProof(relay.blockAt(top)!, [paraHeadKey(relay.crypto, id)]);
    return worker.call("sync_para", {
      headers_b64: [1, 2].map((number) => toBase64(para.blockAt(number)!.encodedHeader)),
      proof_b64: proof.map(toBase64),
    });
  } finally {
    pair.close();
  }
}

async function recovered(): Promise<Called> {
  const [worker, forced] = [start(), await forcedChain(1)];
  answer(init(worker, forced, { recovery_keys }));
  return recover(worker, forced, 3);
}

/** A call of each action. The type requires a call for every action. */
const calls: Readonly<Record<ActionName, () => Called | Promise<Called>>> = {
  test: () =>
    start({ devTest: true }).call("test", { test_parse_block: true, test_bridge: true, test_ecdh: {} }),
  init_runtime: () => start().call("init_runtime", { ...initInput(chain, metadata), skip_ra: false }),
  get_info: () => byEvents().call("get_info"),
  dump_states: () => byEvents().call("dump_states"),
  load_states: () => {
    const worker = byEvents();
    return worker.call("load_states", answer(worker.call("dump_states")));
  },
  dump_begin: () => byEvents().call("dump_begin"),
  dump_page: () => {
    const worker = byEvents();
    return worker.call("dump_page", { id: answer(worker.call("dump_begin"))["id"]!, index: 0 });
  },
  load_page: () => {
    const worker = byEvents();
    const { id } = answer(worker.call("dump_begin")) as { id: string };
    const { page } = answer(worker.call("dump_page", { id, index: 0 })) as { page: string };
    return worker.call("load_page", { id, index: 0, page });
  },
  sync_block: () => byBodies().call("sync_block", bodyInput(chain, 1)),
  query: () => byEvents().call("query", { origin: null, query_payload: canonicalJson(plain) }),
  set: () => byEvents().call("set", file),
  get: () => {
    const worker = byEvents();
    answer(worker.call("set", file));
    return worker.call("get", { path: file.path });
  },
  sync_header: () => byEvents().call("sync_header", headersInput(chain, 1, 2)),
  dispatch_block: () => {
    const worker = byEvents();
    answer(worker.call("sync_header", headersInput(chain, 1, 2)));
    return worker.call("dispatch_block", blocksInput(chain, 1, 2));
  },
  stage_header: () => byEvents().call("stage_header", { headers_b64: [toBase64(chain.at(1).encoded)] }),
  stage_piece: () =>
    byEvents().call("stage_piece", {
      part: "body",
      offset: 0,
      total: 2,
      piece_b64: toBase64(Uint8Array.of(1, 2)),
    }),
  sync_para: parachain,
  recover_finality: recovered,
  sync_code: () => dispatched().call("sync_code", { proof_b64: chain.codeProof(2).map(toBase64) }),
  get_status: () => dispatched().call("get_status"),
  get_evidence: () => byEvents().call("get_evidence", { nonce: "5a".repeat(32) }),
  set_operator: () => byEvents().call("set_operator", { operator: "0a".repeat(32) }),
  registration_evidence: () => {
    const worker = byEvents();
    answer(worker.call("set_operator", { operator: "0a".repeat(32) }));
    return worker.call("registration_evidence", { nonce: "5a".repeat(32) });
  },
  handover_begin: () => handover("begin"),
  handover_offer: () => handover("offer"),
  handover_accept: () => handover("accept"),
  handover_release: () => handover("release"),
  handover_complete: () => handover("complete"),
};

function expectRead(name: ActionName, payload: unknown): void {
  const { output } = findAction(name)!;
  const ajv = new Ajv({ unknownFormats: "ignore" });
  expect(() => output(parseJson(JSON.stringify(payload)), "/payload")).not.toThrow();
  expect([ajv.validate(schemaOf(output), payload), ajv.errors]).toEqual([true, null]);
}

describe("an action's row reads the enclave's answer", () => {
  it.each(actions.map(({ name }) => name))("%s", async (name) =>
    expectRead(name, answer(await calls[name]())),
  );

  it.each(["get_info", "get_status"] as const)("%s, before init", (name) =>
    expectRead(name, answer(start().call(name))),
  );

  it("init_runtime, without evidence", () =>
    expectRead("init_runtime", answer(start().call("init_runtime", initInput(chain)))));
});

describe("an action's row", () => {
  it.each(actions.map((row) => [row.name, row] as const))(
    "%s has an example that its own reader accepts",
    (_, row) => {
      const example = parseJson(JSON.stringify(row.example));
      expect(() => row.input(example, "/input")).not.toThrow();
      expect(new Ajv().validate(schemaOf(row.input), row.example)).toBe(true);
    },
  );
});
