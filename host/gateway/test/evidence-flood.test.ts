/**
 * Floods of calls for evidence, at a gateway with the built enclave. Hardware may take a second for one
 * quote. So these calls have a lane of their own, and all other calls pass by them.
 */
import { existsSync } from "node:fs";
import { createServer, request, type ServerResponse } from "node:http";
import { join } from "node:path";
import { replyHeaders } from "@pruntime/api";
import { fromHex, toHex } from "@pruntime/core/bytes";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  blocksInput,
  headersInput,
  initInput,
  metadata,
  milliseconds,
  TinyChain,
} from "../../../enclave/test/support/chain.ts";
import { tdxQuote } from "../../../enclave/test/support/fake-quotes.ts";
import type { Gateway } from "../src/index.ts";
import { call, start, temporaryFolder, until } from "./support/gateway.ts";

const bundle = join(import.meta.dirname, "../../../enclave/dist/enclave.mjs");
const nonce = "5a".repeat(32);

/** An imitation of dstack's agent. It answers no request for a quote before the test says so. */
interface Agent {
  readonly socket: string;
  /** The number of quotes that it was asked for. */
  readonly asked: () => number;
  /** Answers all requests, from now on. */
  readonly release: () => void;
}

async function heldAgent(): Promise<Agent> {
  const socket = join(temporaryFolder(), "dstack.sock");
  let [asked, released] = [0, false];
  const waiting: (() => void)[] = [];
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on("end", () => {
      if (incoming.url === "/GetKey") return void response.end(JSON.stringify({ key: "11".repeat(32) }));
      asked++;
      const answer = () => answerQuote(response, body);
      if (released) answer();
      else waiting.push(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  const release = () => {
    released = true;
    for (const answer of waiting.splice(0)) answer();
  };
  return { socket, asked: () => asked, release };
}

function answerQuote(response: ServerResponse, body: string): void {
  const { report_data } = JSON.parse(body) as { readonly report_data: string };
  response.end(JSON.stringify({ quote: toHex(tdxQuote(fromHex(report_data))), event_log: "[]" }));
}

/** The outcome of a call: "ok", or the code of the refusal. */
type Outcome = string;

/** Calls an action at the public address. The caller with this number has an address of its own. */
function callFrom(caller: number, { port }: Gateway, action: string, input: object): Promise<Outcome> {
  const body = JSON.stringify({ input, nonce: {} });
  const options = {
    host: "127.0.0.1",
    port,
    path: `/${action}`,
    method: "POST",
    localAddress: `127.${1 + (caller >> 8)}.${caller & 255}.1`,
    headers: { "content-type": "application/json", "content-length": body.length },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      response.resume();
      response.once("end", () => resolve(String(response.headers[replyHeaders.code] ?? "ok")));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Calls an action at the operator's address, with the operator's token. */
async function callAsOperator({ operator }: Gateway, action: string, input: object): Promise<Outcome> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${operator.token}` };
  const body = JSON.stringify({ input, nonce: {} });
  const response = await fetch(`${operator.url}/${action}`, { method: "POST", headers, body });
  await response.text();
  return response.headers.get(replyHeaders.code) ?? "ok";
}

/** How many calls of a lane wait for the enclave, by the gateway's metrics. */
async function waitingIn({ operator }: Gateway, lane: string): Promise<number> {
  const headers = { authorization: `Bearer ${operator.token}` };
  const text = await (await fetch(`${operator.url}/metrics`, { headers })).text();
  return Number(new RegExp(`^pruntime_calls_waiting\\{lane="${lane}"\\} (\\d+)$`, "m").exec(text)?.[1]);
}

const chain = new TinyChain();
for (let i = 1; i <= 3; i++) chain.grow({ events: Uint8Array.of(0), now: milliseconds(BigInt(i)) });
const question = {
  origin: null,
  query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
};

/** Starts a gateway and gives its worker a chain. */
async function worker(options: Partial<Parameters<typeof start>[0]> = {}): Promise<Gateway> {
  const gateway = await start({ bundle, ...options });
  expect((await call(gateway, "init_runtime", initInput(chain, metadata))).status).toBe(200);
  return gateway;
}

/** A worker on imitated hardware that makes no quote before it is released. */
async function onHeldHardware() {
  const agent = await heldAgent();
  const evidence = { pccsUrl: "http://127.0.0.1:9", timeoutMs: 1_000 };
  return { agent, gateway: await worker({ hardware: { provider: "dstack", root: agent.socket }, evidence }) };
}

/** Calls for evidence from this many callers. `outcomes` has the outcomes so far. */
function flood(gateway: Gateway, callers: number) {
  const outcomes: Outcome[] = [];
  const all = Array.from({ length: callers }, async (_, caller) => {
    outcomes.push(await callFrom(caller, gateway, "get_evidence", { nonce }));
  });
  return { outcomes, all: Promise.all(all) };
}

const stranger = 5_000;

describe.skipIf(!existsSync(bundle))("a flood of calls for evidence", () => {
  it("delays no other call while the hardware makes a quote", async () => {
    const { agent, gateway } = await onHeldHardware();
    const { outcomes, all } = flood(gateway, 20);
    await expect.poll(() => waitingIn(gateway, "evidence")).toBe(19);
    for (const [action, input] of [
      ["sync_header", headersInput(chain, 1, 3)],
      ["dispatch_block", blocksInput(chain, 1, 3)],
      ["get_status", {}],
    ] as const)
      expect(await callAsOperator(gateway, action, input)).toBe("ok");
    for (const [action, input] of [
      ["get_info", {}],
      ["query", question],
    ] as const)
      expect(await callFrom(stranger, gateway, action, input)).toBe("ok");
    expect(await callFrom(stranger, gateway, "registration_evidence", { nonce })).toBe("http/forbidden");
    expect([outcomes, agent.asked()]).toEqual([[], 1]);
    agent.release();
    await all;
    expect([outcomes, agent.asked()]).toEqual([Array<Outcome>(20).fill("ok"), 20]);
  });

  it("http/over-share: waits in bounded memory, and the operator's own call comes next", async () => {
    const { agent, gateway } = await onHeldHardware();
    const { outcomes, all } = flood(gateway, 300);
    await until(() => outcomes.length === 300 - 257); // one call is with the hardware, and 256 calls wait
    expect(await waitingIn(gateway, "evidence")).toBe(256);
    const operator = callAsOperator(gateway, "get_evidence", { nonce }).then((outcome) => {
      outcomes.push(`operator: ${outcome}`);
    });
    await until(() => outcomes.length === 300 - 256); // the operator's call takes the place of a caller's
    expect(new Set(outcomes)).toEqual(new Set(["http/over-share"]));
    agent.release();
    await Promise.all([all, operator]);
    expect(outcomes.indexOf("operator: ok")).toBeLessThan(300 - 256 + 5);
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(256);
    expect(agent.asked()).toBe(257);
  });

  it("leaves all other calls their turns although the evidence costs no time on hardware", async () => {
    const gateway = await worker();
    const { pid = 0 } = gateway.enclave();
    process.kill(pid, "SIGSTOP");
    const { outcomes, all } = flood(gateway, 200);
    await expect.poll(() => waitingIn(gateway, "evidence"), { timeout: 10_000 }).toBe(199);
    const others = [1, 2].flatMap((i) => [
      callFrom(stranger + i, gateway, "get_info", {}).then((outcome) =>
        outcomes.push(`get_info: ${outcome}`),
      ),
      callAsOperator(gateway, "sync_header", headersInput(chain, 1, 3)).then((outcome) =>
        outcomes.push(`sync_header: ${outcome}`),
      ),
    ]);
    await expect.poll(() => waitingIn(gateway, "public")).toBe(1);
    await expect.poll(() => waitingIn(gateway, "operator")).toBe(1);
    process.kill(pid, "SIGCONT");
    await Promise.all([...others, all]);
    for (const other of ["get_info: ok", "sync_header: ok"]) {
      expect(outcomes.filter((outcome) => outcome === other)).toHaveLength(2);
      expect(outcomes.lastIndexOf(other)).toBeLessThan(20);
    }
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(200);
  });
});
