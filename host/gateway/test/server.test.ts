import { mkdirSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { actions, type EnclaveReply, findAction } from "@pruntime/api";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { closedGate, gateOf2020, tokenGate } from "../src/access/operator.ts";
import { Proxies } from "../src/access/proxies.ts";
import type { Call } from "../src/enclave/dispatcher.ts";
import type { EnclaveState } from "../src/enclave/supervisor.ts";
import { Refusal } from "../src/error.ts";
import { createOperatorServer, createServer, type ServerOptions } from "../src/http/server.ts";
import { openLog } from "../src/log.ts";
import { createMetrics } from "../src/metrics.ts";
import { serveOtherUpgrade } from "../src/node/other-upgrade.ts";
import { StatedProgress } from "../src/progress.ts";
import { RecentUse } from "../src/shares/recent-use.ts";
import { Lines, temporaryFolder, until } from "./support/gateway.ts";
import { metricSources } from "./support/metric-sources.ts";
import { statement } from "./support/statement.ts";

const token = "operator-token-0123456789";
const json = { "content-type": "application/json" };
const open: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

interface Setup extends Partial<ServerOptions> {
  readonly answer?: (call: Call) => Promise<Partial<EnclaveReply>> | Partial<EnclaveReply>;
  readonly state?: EnclaveState;
  /** Serves the operator's own address. Default: false. */
  readonly operator?: boolean;
}

/** Creates a server with a function in place of the enclave. Records the calls that reach the function. */
async function serve(setup: Setup = {}) {
  const {
    answer = ({ body }) => ({ body: Buffer.concat(body.parts) }),
    state = "ready",
    operator = false,
    ...options
  } = setup;
  const calls: Call[] = [];
  const lines = new Lines();
  const status = () => ({ state, restarts: 3, pid: 1, identity: undefined });
  const progress = new StatedProgress(() => 3);
  const now = () => 1_600_000_002_500;
  const app = await (operator ? createOperatorServer : createServer)({
    call: async (call) => {
      calls.push(call);
      const empty = { body: new Uint8Array(), statement: undefined, puts: [], drops: [] };
      return {
        kind: "reply",
        id: 1,
        cost: 0,
        status: 200,
        code: undefined,
        ...empty,
        ...(await answer(call)),
      };
    },
    status,
    metrics: createMetrics(metricSources({ status, progress: () => progress.latest, now })),
    progress,
    now,
    devTest: false,
    gate: operator ? tokenGate(token) : gateOf2020,
    consoleDir: undefined,
    version: "1.2.3",
    endorseReply: async (body) => body,
    proxies: new Proxies(),
    use: new RecentUse(),
    log: openLog({ stream: lines, level: "debug" }),
    requestTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    maxConnections: 100,
    connectionsPerNetwork: 100,
    replyTimeoutMs: 5_000,
    ...options,
  });
  open.push(app);
  const ask = async (request: InjectOptions) => {
    const { headers = json, ...others } = request;
    const response = await app.inject({
      method: "POST",
      payload: "{}",
      ...others,
      headers: { host: "127.0.0.1:8000", ...headers },
    });
    const isJson =
      String(response.headers["content-type"]).startsWith("application/json") && response.body !== "";
    const code = isJson ? (response.json<{ code?: string }>()?.code ?? "ok") : "ok";
    return { status: response.statusCode, code, headers: response.headers, body: response.body };
  };
  return { app, calls, lines, ask };
}

describe("actions", () => {
  it.each(actions.filter(({ devOnly }) => devOnly !== true).map(({ name }) => name))(
    "POST /%s reaches the enclave unchanged",
    async (action) => {
      const { ask, calls } = await serve();
      const { status, body } = await ask({ url: `/${action}`, payload: ' {"input": {}}' });
      expect([status, body]).toEqual([200, ' {"input": {}}']);
      const lane = action === "get_evidence" ? "evidence" : findAction(action)?.access;
      expect(calls.map((call) => [call.action, call.lane])).toEqual([[action, lane]]);
    },
  );

  it("serves development actions only if they are enabled", async () => {
    expect(await (await serve()).ask({ url: "/test" })).toMatchObject({
      status: 404,
      code: "http/unknown-action",
    });
    expect(await (await serve({ devTest: true })).ask({ url: "/test" })).toMatchObject({ status: 200 });
  });
});

describe("refusals", () => {
  const big = `"${"x".repeat(300 * 1024)}"`;
  const deep = "[".repeat(100_000) + "]".repeat(100_000);

  it.each<[number, string, InjectOptions]>([
    [404, "http/unknown-action", { url: "/get_runtime_info" }],
    [404, "http/unknown-action", { url: "/query/" }],
    [404, "http/unknown-action", { url: "/QUERY" }],
    [404, "http/unknown-action", { url: "/../../etc/passwd" }],
    [404, "http/unknown-action", { url: "/constructor" }],
    [404, "http/unknown-action", { url: "/nothing", payload: big }],
    [404, "http/unknown-action", { url: "/nothing", method: "GET" }],
    [405, "http/bad-method", { url: "/query", method: "GET" }],
    [405, "http/bad-method", { url: "/query?a=b", method: "PUT" }],
    [405, "http/bad-method", { url: "/sync_header", method: "DELETE" }],
    [405, "http/bad-method", { url: "/set", method: "OPTIONS" }],
    [405, "http/bad-method", { url: "/healthz" }],
    [415, "http/bad-content-type", { url: "/query", headers: {} }],
    [415, "http/bad-content-type", { url: "/query", headers: { "content-type": "text/plain" } }],
    [415, "http/bad-content-type", { url: "/query", headers: { "content-type": "application/json5" } }],
    [
      415,
      "http/bad-content-type",
      { url: "/query", headers: { "content-type": "application/json; charset=utf-16" } },
    ],
    [415, "http/bad-content-type", { url: "/query", headers: { "content-type": "/;;;" } }],
    [413, "http/too-large", { url: "/query", payload: big }],
    [413, "http/too-large", { url: "/get_info", payload: big }],
    [400, "http/bad-json", { url: "/query", payload: "" }],
    [400, "http/bad-json", { url: "/query", payload: "{" }],
    [400, "http/bad-json", { url: "/query", payload: "{} {}" }],
    [400, "http/bad-json", { url: "/query", payload: "{'a':1}" }],
    [400, "http/bad-json", { url: "/query", payload: "\u{feff}{}" }],
    [400, "http/bad-json", { url: "/query", payload: Buffer.from([0x22, 0xff, 0x22]) }],
    [400, "http/bad-json", { url: "/query", payload: deep.slice(1) }],
    [400, "http/bad-request", { url: "/%zz" }],
    [403, "http/forbidden", { url: "/init_runtime", remoteAddress: "203.0.113.9" }],
    [403, "http/forbidden", { url: "/load_states", remoteAddress: "203.0.113.9", payload: big }],
    [403, "http/forbidden", { url: "/dump_states", headers: { ...json, "x-forwarded-for": "127.0.0.1" } }],
    [403, "http/forbidden", { url: "/dump_states", headers: { ...json, origin: "https://evil.example" } }],
    [403, "http/forbidden", { url: "/dump_states", headers: { ...json, host: "evil.example" } }],
    [403, "http/forbidden", { url: "/metrics", method: "GET", remoteAddress: "203.0.113.9" }],
  ])("%i %s", async (status, code, request) => {
    const { ask, calls } = await serve();
    const reply = await ask(request);
    expect([reply.status, reply.code, reply.headers["pruntime-code"], calls.length]).toEqual([
      status,
      code,
      code,
      0,
    ]);
  });

  it("explains a refusal in a sentence that quotes nothing from the request", async () => {
    const { ask } = await serve();
    const { body } = await ask({ url: "/query", payload: '{"secret' });
    expect(JSON.parse(body)).toEqual({
      code: "http/bad-json",
      message: "The body is not valid JSON.",
      status: "error",
    });
  });

  it.each([[deep], ["null"], ['"\\ud800"'], ["1e999"], [" {} "]])(
    "passes any JSON text to the enclave",
    async (payload) => {
      expect(await (await serve()).ask({ url: "/query", payload })).toMatchObject({
        status: 200,
        body: payload,
      });
    },
  );

  it.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
    "accepts %s",
    async (type) => {
      expect(await (await serve()).ask({ url: "/query", headers: { "content-type": type } })).toMatchObject({
        status: 200,
      });
    },
  );

  it("accepts a body of exactly the maximum size, but not one byte more", async () => {
    const { ask } = await serve();
    const limit = findAction("get_info")?.maxBodyBytes ?? 0;
    expect(await ask({ url: "/get_info", payload: `"${"x".repeat(limit - 2)}"` })).toMatchObject({
      status: 200,
    });
    expect(await ask({ url: "/get_info", payload: `"${"x".repeat(limit - 1)}"` })).toMatchObject({
      status: 413,
    });
  });

  it("http/internal hides the cause", async () => {
    const { ask, lines } = await serve({ answer: () => Promise.reject(new TypeError("secret-thing")) });
    const reply = await ask({ url: "/query" });
    expect([reply.status, reply.code]).toEqual([500, "http/internal"]);
    expect(reply.body + lines.text).not.toContain("secret-thing");
  });
});

describe("access", () => {
  it("refuses every operator call at the public address by default", async () => {
    const { ask, calls } = await serve({ gate: closedGate });
    const headers = { ...json, authorization: `Bearer ${token}` };
    for (const { name, access, devOnly } of actions)
      if (access === "operator" && devOnly !== true)
        for (const headed of [json, headers])
          expect(await ask({ url: `/${name}`, headers: headed })).toMatchObject({ code: "http/forbidden" });
    expect(await ask({ url: "/metrics", method: "GET" })).toMatchObject({ code: "http/forbidden" });
    expect(calls).toEqual([]);
  });

  it.each(["get_info", "get_status", "query"])(
    "%s is public, and open to pages of every origin",
    async (action) => {
      const { ask } = await serve();
      const reply = await ask({
        url: `/${action}`,
        headers: { ...json, origin: "https://page.example" },
        remoteAddress: "203.0.113.9",
      });
      expect(reply.status).toBe(200);
      expect(reply.headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-expose-headers":
          "pruntime-statement, pruntime-statement-signature, pruntime-code, retry-after",
      });
    },
  );

  it("answers preflights of public actions only", async () => {
    const { ask } = await serve();
    const headers = { origin: "https://page.example", "access-control-request-method": "POST" };
    const preflight = await ask({ url: "/query", method: "OPTIONS", headers, payload: "" });
    expect([preflight.status, preflight.headers["access-control-allow-headers"]]).toEqual([
      204,
      "content-type",
    ]);
    const refused = await ask({ url: "/set", method: "OPTIONS", headers, payload: "" });
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([405, undefined]);
  });

  it("keeps pages of other origins from reading an operator's reply", async () => {
    const { ask } = await serve();
    const reply = await ask({ url: "/get", headers: { ...json, origin: "http://127.0.0.1:8000" } });
    expect([reply.status, reply.headers["access-control-allow-origin"]]).toEqual([200, undefined]);
  });

  it("identifies callers of the public lane by their network", async () => {
    const { ask, calls } = await serve();
    await ask({ url: "/query", remoteAddress: "2001:db8::7" });
    await ask({ url: "/sync_header" });
    expect(calls.map(({ networks }) => networks)).toEqual([["2001:db8:0::/48", "2001:db8:0:0::/64"], []]);
  });
});

describe("the operator's own address", () => {
  const headers = { ...json, authorization: `Bearer ${token}` };
  const lanes: Readonly<Record<string, string>> = {
    get_evidence: "evidence",
    get_info: "status",
    get_status: "status",
    query: "status",
  };

  it.each(actions.filter(({ devOnly }) => devOnly !== true).map(({ name }) => name))(
    "serves %s with the token, from anywhere, outside the public lane",
    async (action) => {
      const { ask, calls } = await serve({ operator: true });
      const request = { url: `/${action}`, headers: { ...headers, host: "worker.example" } };
      expect(await ask({ ...request, remoteAddress: "203.0.113.9" })).toMatchObject({ status: 200 });
      const lane = lanes[action] ?? "operator";
      expect(calls.map((call) => [call.lane, call.networks])).toEqual([[lane, []]]);
    },
  );

  it.each<[string, InjectOptions]>([
    ["no token", { url: "/get_info" }],
    ["another token", { url: "/get_info", headers: { ...json, authorization: `Bearer ${token}x` } }],
    [
      "a page of another origin",
      { url: "/get_info", headers: { ...headers, origin: "https://evil.example" } },
    ],
    ["no token for the metrics", { url: "/metrics", method: "GET" }],
    ["no token for the health", { url: "/healthz", method: "GET" }],
    ["no token for a path that does not exist", { url: "/nowhere" }],
    ["no token and a large body", { url: "/load_states", payload: `"${"x".repeat(300 * 1024)}"` }],
  ])("http/forbidden from this machine: %s", async (_, request) => {
    const { ask, calls } = await serve({ operator: true });
    expect(await ask(request)).toMatchObject({ status: 403, code: "http/forbidden" });
    expect(calls).toEqual([]);
  });

  it("passes on a body that is not JSON, because only the enclave checks large bodies", async () => {
    const { ask, calls } = await serve({ operator: true, answer: () => ({ body: Buffer.from("{}") }) });
    await ask({ url: "/dispatch_block", headers, payload: "{" });
    expect(calls.map(({ body }) => Buffer.concat(body.parts).toString())).toEqual(["{"]);
  });

  it("serves health and metrics, but no page", async () => {
    const { ask } = await serve({ operator: true });
    for (const url of ["/metrics", "/healthz"])
      expect(await ask({ url, method: "GET", headers })).toMatchObject({ status: 200 });
    const readiness = await ask({ url: "/readyz", method: "GET", headers });
    expect([readiness.status, JSON.parse(readiness.body)]).toMatchObject([503, { doubts: ["unknown"] }]);
    for (const url of ["/", "/docs", "/trust.json"])
      expect(await ask({ url, method: "GET", headers })).toMatchObject({ code: "http/unknown-action" });
    expect(await ask({ url: "/healthz", headers })).toMatchObject({ code: "http/bad-method" });
  });
});

describe("evidence", () => {
  const endorseReply = async () => Buffer.from('{"completed":true}');

  it("is endorsed in the reply, and other replies stay unchanged", async () => {
    const { ask } = await serve({ endorseReply, answer: () => ({ body: Buffer.from("{}") }) });
    expect((await ask({ url: "/get_evidence" })).body).toBe('{"completed":true}');
    for (const url of ["/query", "/get_info", "/init_runtime"]) expect((await ask({ url })).body).toBe("{}");
  });

  it("is not endorsed if the call was refused", async () => {
    const refused = { status: 503, code: "quote/busy", body: Buffer.from("{}") };
    for (const answer of [refused, { ...refused, status: 200 }]) {
      const { ask } = await serve({ endorseReply, answer: () => answer });
      expect((await ask({ url: "/get_evidence" })).body).toBe("{}");
    }
  });
});

describe("shares", () => {
  it("binds callers on this machine as it binds all others", async () => {
    const { ask, calls } = await serve();
    await ask({ url: "/query" });
    await ask({ url: "/get_evidence" });
    expect(calls.map(({ networks }) => networks)).toEqual([["127.0.0.1"], ["127.0.0.1"]]);
  });

  it("limit the unanswered requests of a network, also behind a proxy and in one connection", async () => {
    const held: (() => void)[] = [];
    const { ask } = await serve({
      connectionsPerNetwork: 2,
      proxies: new Proxies({ trusted: ["127.0.0.0/8"] }),
      answer: ({ body }) =>
        new Promise((resolve) => held.push(() => resolve({ body: Buffer.concat(body.parts) }))),
    });
    const from = (forwarded: string) =>
      ask({ url: "/query", headers: { ...json, "x-forwarded-for": forwarded } });
    const first = [from("198.51.100.66"), from("198.51.100.66")];
    expect(await from("198.51.100.66")).toMatchObject({ status: 429, code: "http/over-share" });
    const other = from("203.0.113.9");
    while (held.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const answer of held.splice(0)) answer();
    expect((await Promise.all([...first, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
    const again = from("198.51.100.66");
    while (held.length < 1) await new Promise((resolve) => setImmediate(resolve));
    for (const answer of held) answer();
    expect(await again).toMatchObject({ status: 200 });
  });

  it("are those of the clients behind a trusted proxy", async () => {
    const { ask, calls } = await serve({ proxies: new Proxies({ trusted: ["127.0.0.0/8"] }) });
    const from = (forwarded: string, remoteAddress = "127.0.0.1") =>
      ask({ url: "/query", headers: { ...json, "x-forwarded-for": forwarded }, remoteAddress });
    await from("198.51.100.66");
    await from("198.51.100.66, 203.0.113.9");
    await from("198.51.100.66", "192.0.2.1");
    expect(calls.map(({ networks }) => networks)).toEqual([
      ["198.51.100.66"],
      ["203.0.113.9"],
      ["192.0.2.1"],
    ]);
  });

  it.each([
    ["http/over-share", 429, "5"],
    ["http/busy", 503, "1"],
  ] as const)("%s says when to try again", async (code, status, seconds) => {
    const { ask } = await serve({ answer: () => Promise.reject(new Refusal({ code })) });
    const { headers, ...refused } = await ask({ url: "/query" });
    expect([refused.code, refused.status, headers["retry-after"]]).toEqual([code, status, seconds]);
  });
});

describe("pages", () => {
  const get = (url: string): InjectOptions => ({ url, method: "GET", headers: {}, payload: "" });

  it.each([
    [200, "starting"],
    [200, "ready"],
    [200, "restarting"],
    [503, "closed"],
  ] as const)("/healthz is %i while the enclave is %s", async (status, state) => {
    const body = `{"state":"${state}","restarts":3}`;
    expect(await (await serve({ state })).ask(get("/healthz"))).toMatchObject({ status, body });
  });

  it("/readyz is 200 once the worker has stated that it is caught up and fresh", async () => {
    const { ask } = await serve({ answer: () => ({ statement: statement(42, 40, 1_600_000_000_500) }) });
    const { status, body } = await ask(get("/readyz"));
    expect([status, JSON.parse(body)]).toMatchObject([503, { ready: false, doubts: ["unknown"] }]);
    await ask({ url: "/get_status" });
    expect(await ask(get("/readyz"))).toMatchObject({
      status: 200,
      body: '{"ready":true,"doubts":[],"finalized":42,"dispatched":40,"age_ms":2000}',
    });
  });

  it("/openapi.json and /docs have every served action", async () => {
    const paths = async (devTest: boolean): Promise<string[]> => {
      const { body } = await (await serve({ devTest })).ask(get("/openapi.json"));
      return Object.keys((JSON.parse(body) as { paths: Record<string, unknown> }).paths);
    };
    const all = actions.map(({ name }) => `/${name}`);
    expect([await paths(true), await paths(false)]).toEqual([all, all.filter((path) => path !== "/test")]);
    const { ask } = await serve();
    const { body } = await ask(get("/docs"));
    expect([...body.matchAll(/<h2>POST (\/\w+)/g)].map(([, path]) => path)).toEqual(await paths(false));
    expect(body).toContain("Version 1.2.3.");
    const document = JSON.parse((await ask(get("/openapi.json"))).body) as { info: { version: string } };
    expect(document.info.version).toBe("1.2.3");
  });

  it("/docs runs no scripts, and loads nothing but its icon", async () => {
    const { ask } = await serve();
    const { body, headers } = await ask(get("/docs"));
    expect(String(headers["content-security-policy"]).split("; ")).toEqual([
      "default-src 'none'",
      "img-src 'self'",
      expect.stringMatching(/^style-src 'sha256-[\w+/=]{44}'$/),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(body).not.toMatch(/<script|\son\w+=|style=/);
    expect([...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path)).toEqual([
      "/favicon.ico",
      "/",
      "/openapi.json",
    ]);
    expect(await ask(get("/favicon.ico"))).toMatchObject({
      status: 200,
      headers: { "content-type": "image/svg+xml" },
    });
  });

  it("/docs shows examples for the address that was asked, and no text of a hostile one", async () => {
    const { ask } = await serve();
    const shown = async (host: string): Promise<string | undefined> => {
      const { body } = await ask({ ...get("/docs"), headers: { host } });
      return / (\S+)\/get_info<\/pre>/.exec(body)?.[1];
    };
    expect(await shown("worker.example:8443")).toBe("http://worker.example:8443");
    for (const host of ["<script>", "a'b", "a$(id)", "a`id`"])
      expect([host, await shown(host)]).toEqual([host, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)]);
  });

  it("/metrics counts by action, status and code, and reads statements", async () => {
    const { ask } = await serve({
      answer: ({ action }) =>
        action === "query"
          ? { status: 422, code: "fake/no" }
          : { statement: statement(42, 40, 1_600_000_000_500) },
    });
    await ask({ url: "/query" });
    await ask({ url: "/get_status" });
    await ask({ url: "/nowhere" });
    const { body } = await ask(get("/metrics"));
    expect(body).toContain('pruntime_requests_total{action="query",status="422",code="fake/no"} 1');
    expect(body).toContain('pruntime_requests_total{action="get_status",status="200",code="ok"} 1');
    expect(body).toContain(
      'pruntime_requests_total{action="page",status="404",code="http/unknown-action"} 1',
    );
    expect(body).toContain("pruntime_finalized_block 42\n");
    expect(body).toContain("pruntime_dispatched_block 40\n");
    expect(body).toContain("pruntime_chain_timestamp_seconds 1600000000.5\n");
    expect(body).toContain("pruntime_enclave_restarts_total 3\n");
    expect(body).toContain("pruntime_enclave_ready 1\n");
  });

  it.each(["dispatch_block", "sync_block"])("/metrics shows a full state after %s", async (action) => {
    let code: string | undefined;
    const { ask } = await serve({ answer: () => (code === undefined ? {} : { status: 503, code }) });
    const shown = async (url: string, refused?: string) => {
      code = refused;
      await ask({ url });
      return /^pruntime_state_full (.)$/m.exec((await ask(get("/metrics"))).body)?.[1];
    };
    expect(await shown(`/${action}`)).toBe("0");
    expect(await shown("/load_page", "executor/state-full")).toBe("0");
    expect(await shown(`/${action}`, "executor/state-full")).toBe("1");
    expect(await shown("/sync_header")).toBe("1");
    expect(await shown(`/${action}`, "dispatch/gap")).toBe("1");
    expect(await shown(`/${action}`)).toBe("0");
  });

  it("answers although the gateway does not know the statement's version", async () => {
    const { ask } = await serve({
      answer: () => ({ statement: { bytes: Uint8Array.of(9), signature: Uint8Array.of(1) } }),
    });
    expect(await ask({ url: "/query" })).toMatchObject({
      status: 200,
      headers: { "pruntime-statement": "09" },
    });
  });

  it("/ lists the paths, or serves the web page if there is one", async () => {
    expect((await (await serve()).ask(get("/"))).body).toContain("POST /query  public");
    expect((await (await serve({ consoleDir: "/nowhere" })).ask(get("/"))).body).toContain(
      "POST /query  public",
    );
    const consoleDir = temporaryFolder();
    mkdirSync(join(consoleDir, "assets"));
    writeFileSync(join(consoleDir, "index.html"), "<p>console");
    writeFileSync(join(consoleDir, "assets", "page.js"), "1;");
    writeFileSync(join(consoleDir, ".env"), "hidden");
    const { ask } = await serve({ consoleDir });
    expect((await ask(get("/"))).body).toBe("<p>console");
    expect((await ask(get("/assets/page.js"))).body).toBe("1;");
    for (const path of ["/.env", "/assets/../../x", "/%2e%2e/x", "/missing.js"])
      expect([path, (await ask(get(path))).status]).toEqual([path, 404]);
    expect(await ask(get("/query"))).toMatchObject({ status: 405, code: "http/bad-method" });
    expect((await ask(get("/docs"))).status).toBe(200);
    expect((await ask({ url: "/query" })).status).toBe(200);
  });

  it.each([
    get("/"),
    get("/docs"),
    get("/healthz"),
    get("/nowhere"),
    get("/%zz"),
    { url: "/query" },
    { url: "/query", payload: "{" },
  ])("sets security headers: %j", async (request) => {
    const { headers } = await (await serve()).ask(request);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    });
    expect(String(headers["content-security-policy"])).toMatch(
      /default-src '(self|none)'.*frame-ancestors 'none'/,
    );
  });

  it("lets the page load from this server only, and no text become an element", async () => {
    const policyOf = async (url: string) =>
      (await (await serve()).ask(get(url))).headers["content-security-policy"];
    for (const url of ["/", "/trust.json", "/docsx"])
      expect(await policyOf(url)).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
          "require-trusted-types-for 'script'",
      );
  });
});

describe("the log", () => {
  it("has one line per request for those who debug: action, status, code, bytes and time", async () => {
    const { ask, lines } = await serve();
    await ask({ url: "/query", payload: '{"input":1}' });
    const { time, ms, ...line } = lines.records.at(-1) ?? {};
    expect(line).toEqual({ level: 20, action: "query", status: 200, code: "ok", bytes: 11, msg: "request" });
    expect([typeof time, typeof ms]).toEqual(["number", "number"]);
  });

  it("has one line for each batch of blocks", async () => {
    let dispatched = 5;
    const { ask, lines } = await serve({
      answer: () => ({ statement: statement(42, dispatched, 1_600_000_000_500) }),
    });
    await ask({ url: "/get_status" });
    dispatched = 9;
    await ask({ url: "/dispatch_block" });
    await ask({ url: "/get_status" });
    const batches = lines.records.filter(({ level }) => Number(level) >= 30);
    expect(batches.map(({ time, ms, ...line }) => line)).toEqual([
      { level: 30, from: 6, to: 9, finalized: 42, msg: "blocks dispatched" },
    ]);
  });

  it("warns of a request that failed", async () => {
    const { ask, lines } = await serve({ answer: () => ({ status: 503, code: "fake/down" }) });
    await ask({ url: "/query" });
    expect(lines.records).toMatchObject([{ level: 40, code: "fake/down", msg: "request" }]);
  });

  it("has no payload, header or URL, whatever goes wrong", async () => {
    const { ask, lines } = await serve({
      answer: ({ body }) =>
        body.length > 40 ? Promise.reject(new Error("sesame")) : { body: new Uint8Array() },
    });
    const headers = { ...json, authorization: "Bearer sesame", cookie: "sesame" };
    await ask({ url: "/query?sesame", payload: '{"input":"sesame"}', headers });
    await ask({ url: "/query", payload: '{"input":"sesame-and-something-that-fails"}', headers });
    await ask({ url: "/query", payload: '{"sesame', headers });
    await ask({ url: "/query", payload: "{}", headers: { ...headers, "content-type": "sesame/json" } });
    await ask({ url: "/sesame", headers });
    await ask({ url: "/set", headers });
    await ask({ url: "/sesame%zz", headers });
    expect(lines.records.length).toBeGreaterThan(5);
    expect(lines.text).not.toMatch(/sesame/);
  });

  it("would drop a body or a header that was passed to it", () => {
    const stream = new Lines();
    openLog({ stream }).info(
      { body: "sesame", req: { headers: { authorization: "sesame" } }, x: { body: "sesame" } },
      "by mistake",
    );
    openLog({ stream }).error({ err: new Error("sesame") }, "by mistake");
    expect(stream.text).not.toMatch(/sesame/);
  });
});

describe("the socket", () => {
  const listen = async () => {
    const { app } = await serve();
    await app.listen({ host: "127.0.0.1", port: 0 });
    return (app.server.address() as { port: number }).port;
  };
  const talk = (port: number, text: string) =>
    new Promise<string>((resolve) => {
      let heard = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      socket.on("data", (chunk) => {
        heard += chunk.toString();
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(heard));
    });

  it.each([
    "no http at all\r\n\r\n",
    "POST /query HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(100_000)}\r\n\r\n`,
  ])("http/bad-request for bytes that are not a request, and keeps running: %#", async (text) => {
    const port = await listen();
    expect(await talk(port, text)).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[\s\S]*"code":"http\/bad-request"/);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  it("records a caller that disconnects before the reply once, and leaves no timer behind", {
    timeout: 20_000,
  }, async () => {
    let answer = (_: object) => {};
    const answered = new Promise<object>((resolve) => {
      answer = resolve;
    });
    const { app, ask, calls, lines } = await serve({ answer: () => answered });
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    const gone = new AbortController();
    const init = { method: "POST", headers: json, body: "{}", signal: gone.signal };
    const asked = fetch(`${address}/query`, init).catch(() => undefined);
    await until(() => calls.length === 1);
    gone.abort();
    await asked;
    await until(() => lines.text.includes('"abandoned"'));
    const replyTimers = () => timers.mock.calls.filter(([, ms]) => ms === 5_000).length;
    const before = replyTimers();
    answer({});
    await new Promise(setImmediate);
    expect(replyTimers()).toBe(before);
    expect(lines.records.filter(({ action }) => action === "query")).toHaveLength(1);
    const { body } = await ask({ url: "/metrics", method: "GET" });
    expect(body).toContain('pruntime_requests_total{action="query",status="499",code="abandoned"} 1\n');
    expect(body).toContain('pruntime_query_duration_seconds_count{outcome="abandoned"} 1\n');
    expect(body).toContain('pruntime_query_duration_seconds_count{outcome="answered"} 0\n');
  });

  it("http/too-large for a chunked body without a length", async () => {
    const port = await listen();
    const head =
      "POST /get_info HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
      "transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    expect(await talk(port, `${head}5000\r\n${"x".repeat(0x5000)}\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 413/);
  });

  it("answers a request that offers HTTP/2 as if it had not, and refuses a WebSocket", async () => {
    const port = await listen();
    const offer = (body: string) =>
      "POST /get_info HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: Upgrade\r\n" +
      `upgrade: h2c\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const long = JSON.stringify("x".repeat(8_000));
    for (const body of ['{"input":{}}', long])
      expect(await talk(port, offer(body))).toMatch(
        new RegExp(`^HTTP/1.1 200 OK\r\n[\\s\\S]*\r\n\r\n${body}$`),
      );
    expect(await talk(port, offer("{}").replace("application/json", "text/x"))).toMatch(/^HTTP\/1.1 415 /);
    expect(await talk(port, offer("{}").replace("HTTP/1.1", "HTTP/1.0"))).toMatch(/^HTTP\/1.1 400 /);
    const webSocket = "GET /query HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n";
    expect(await talk(port, webSocket)).toMatch(/^HTTP\/1.1 404 [\s\S]*"http\/unknown-action"/);
    expect(await talk(port, webSocket.replace("/query", "/node"))).toMatch(
      /^HTTP\/1.1 404 [\s\S]*"http\/no-node"/,
    );
  });

  it("does not serve a request that offers HTTP/2 after its caller has gone", async () => {
    const { app, calls } = await serve();
    const socket = new PassThrough();
    const headers = { host: "a", upgrade: "h2c", "content-type": "application/json", "content-length": "2" };
    const request = { method: "POST", url: "/get_info", httpVersion: "1.1", headers, socket };
    const options = { proxies: new Proxies(), requestTimeoutMs: 5_000, replyTimeoutMs: 5_000 };
    const gone = request as unknown as IncomingMessage;
    await serveOtherUpgrade(app, options, gone, socket, Buffer.from("{}"));
    expect([socket.destroyed, calls]).toEqual([true, []]);
  });

  it("closes a connection after 1,000 requests, or after 15 s without one", async () => {
    const { server } = (await serve()).app;
    expect([server.maxRequestsPerSocket, server.keepAliveTimeout]).toEqual([1_000, 15_000]);
  });

  it("closes the connections of one network beyond its share, so that it serves others", async () => {
    const { app } = await serve({ maxConnections: 10, connectionsPerNetwork: 8 });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as { port: number };
    const hold = () =>
      new Promise<Socket | undefined>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.write("POST /query HTTP/1.1\r\nhost: a\r\n"));
        socket.on("error", () => undefined);
        socket.once("close", () => resolve(undefined));
        socket.once("connect", () => app.server.getConnections(() => setImmediate(resolve, socket)));
      });
    const held = await Promise.all(Array.from({ length: 40 }, hold));
    const healthFrom = (localAddress: string) =>
      new Promise<number>((resolve) => {
        const path = "/healthz";
        const sent = request({ host: "127.0.0.1", port, path, localAddress, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        sent.on("error", () => resolve(0));
        sent.end();
      });
    expect([await healthFrom("127.0.0.2"), await healthFrom("127.0.0.1")]).toEqual([200, 0]);
    for (const socket of held) socket?.destroy();
    while ((await healthFrom("127.0.0.1")) !== 200);
  });

  it.each(["", "POST /query HTTP/1.1\r\nhost: a\r\n"])(
    "closes a connection whose head does not arrive in time: %j",
    async (text) => {
      const { app } = await serve({ headersTimeoutMs: 20 });
      await app.listen({ host: "127.0.0.1", port: 0 });
      await talk((app.server.address() as { port: number }).port, text);
    },
  );

  it("closes a connection whose body does not arrive in time, and makes no reply to it", async () => {
    const { app } = await serve({ headersTimeoutMs: 20, requestTimeoutMs: 40 });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const end = vi.spyOn(ServerResponse.prototype, "end");
    onTestFinished(() => end.mockRestore());
    const closed = new Promise<void>((resolve) =>
      app.server.once("request", (late: IncomingMessage) => late.once("close", () => setImmediate(resolve))),
    );
    const head = "POST /query HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    await talk((app.server.address() as { port: number }).port, `${head}content-length: 9\r\n\r\n{`);
    await closed;
    expect(end).not.toHaveBeenCalled();
  });

  it("closes a late head's connection even if the caller keeps its side open", async () => {
    const { app } = await serve({ headersTimeoutMs: 20 });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const closed = new Promise<void>((resolve) =>
      app.server.once("connection", (taken: Socket) => taken.once("close", () => resolve())),
    );
    const { port } = app.server.address() as { port: number };
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined);
    socket.write("POST /query HTTP/1.1\r\nhost: a\r\n");
    await closed;
    socket.destroy();
  });

  it("closes a connection whose caller does not take the reply in time", async () => {
    const { app } = await serve({
      replyTimeoutMs: 20,
      answer: () => ({ body: new Uint8Array(64 * 2 ** 20) }),
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const closed = new Promise<void>((resolve) =>
      app.server.once("connection", (taken: Socket) => taken.once("close", () => resolve())),
    );
    const socket = connect((app.server.address() as { port: number }).port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      "POST /query HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    );
    await closed;
    socket.destroy();
  });

  it("does not accept a caller with HTTP/1.0, which proxies use, as the operator", async () => {
    const port = await listen();
    const head =
      `POST /get HTTP/1.0\r\nhost: 127.0.0.1:${port}\r\n` +
      "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    expect(await talk(port, head)).toMatch(/^HTTP\/1.1 403/);
  });
});
