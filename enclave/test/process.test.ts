/**
 * Tests the enclave as it runs in production: one bundled file, Node.js permission flags, and frames over
 * pipes.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import {
  decodeFromEnclave,
  type EnclaveReady,
  type EnclaveReply,
  encodeToEnclave,
  FrameReader,
  type FromEnclave,
  frame,
  getEvidence,
  type ToEnclave,
} from "@pruntime/api";
import { reportData } from "@pruntime/core/attestation";
import { fromHex, toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";
import { decodeStatement } from "@pruntime/core/statement";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hungryRuntime, trappingRuntime } from "./support/bad-runtimes.ts";
import { bodyInput, initInput, runtimeModule, TinyChain, transfer } from "./support/chain.ts";
import { fakeAgent } from "./support/fake-hardware.ts";
import { tdxQuote } from "./support/fake-quotes.ts";

const permissionFlag = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
const folder = realpathSync(mkdtempSync(join(tmpdir(), "pruntime-enclave-")));
const bundle = join(folder, "enclave.mjs");

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, "../src/main.ts")],
    banner: {
      js: [
        'import { createRequire as __createRequire } from "node:module";',
        "const require = __createRequire(import.meta.url);",
      ].join(" "),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    external: ["sodium-native"],
    loader: { ".wasm": "binary" },
    outfile: bundle,
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly write: (message: ToEnclave) => void;
  readonly next: () => Promise<FromEnclave>;
  readonly reply: () => Promise<EnclaveReply>;
  readonly stderr: () => string;
}

function run(file = bundle, args: readonly string[] = [], grants: readonly string[] = []): Running {
  const child = spawn(
    process.execPath,
    ["--no-warnings", permissionFlag, `--allow-fs-read=${file}`, ...grants, file, ...args],
    {
      env: {},
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const [reader, messages, waiting] = [
    new FrameReader(),
    [] as FromEnclave[],
    [] as ((message: FromEnclave) => void)[],
  ];
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => {
    for (const bytes of reader.push(chunk)) {
      const message = decodeFromEnclave(bytes);
      const wants = waiting.shift();
      if (wants === undefined) messages.push(message);
      else wants(message);
    }
  });
  const next = () => {
    const message = messages.shift();
    return message === undefined
      ? new Promise<FromEnclave>((resolve) => waiting.push(resolve))
      : Promise.resolve(message);
  };
  const reply = async (): Promise<EnclaveReply> => {
    const message = await next();
    return message.kind === "reply" ? message : reply();
  };
  return {
    child,
    write: (message) => void child.stdin.write(frame(encodeToEnclave(message))),
    next,
    reply,
    stderr: () => stderr,
  };
}

const call = (id: number, action: string, input: unknown = {}): ToEnclave => ({
  kind: "call",
  id,
  action,
  waiting: 0,
  body: utf8(JSON.stringify({ input, nonce: {} })),
});
const boot: ToEnclave = { kind: "boot", settings: { devTest: false }, blobs: [] };
const payloadOf = (reply: EnclaveReply) => {
  const { payload } = JSON.parse(Buffer.from(reply.body).toString()) as { payload: string };
  return JSON.parse(payload) as Record<string, unknown>;
};

const chain = new TinyChain();
for (let i = 1; i < 4; i++) chain.grow({ extrinsics: [transfer(i)] });

describe("the bundled enclave under Node's permission flags", () => {
  it("sends its keys and the hash of its bundle, and exits with 0 when its input ends", async () => {
    const { child, write, next, stderr } = run();
    write(boot);
    const ready = (await next()) as EnclaveReady;
    expect(ready).toMatchObject({ kind: "ready", puts: [] });
    expect(toHex(ready.measurement)).toBe(createHash("sha256").update(readFileSync(bundle)).digest("hex"));
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(stderr()).toBe("");
  });

  it("answers all calls, long ones in order, even those written just before its input ended", async () => {
    const { child, write, reply } = run();
    write(boot);
    write(call(1, "init_runtime", initInput(chain)));
    for (let i = 1; i < 4; i++) write(call(1 + i, "sync_block", bodyInput(chain, i)));
    write(call(5, "get", { path: "none" }));
    child.stdin.end();
    const replies = [await reply(), await reply(), await reply(), await reply(), await reply()];
    expect(replies.map(({ id, status }) => [id, status])).toEqual([1, 2, 3, 4, 5].map((id) => [id, 200]));
    expect(decodeStatement(replies[4]!.statement!.bytes).dispatchedNumber).toBe(3);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("starts the same worker if it gets its blobs back, and otherwise a new worker", async () => {
    const first = run();
    first.write(boot);
    const { publicKey } = (await first.next()) as EnclaveReady;
    first.write(call(1, "init_runtime", initInput(chain)));
    const { puts } = await first.reply();
    const again = run();
    again.write({ ...boot, blobs: puts });
    expect(await again.next()).toMatchObject({ publicKey, puts: [] });
    const other = run();
    other.write(boot);
    expect(((await other.next()) as EnclaveReady).publicKey).not.toEqual(publicKey);
  });

  it("survives frames cut into single bytes, and answers larger than a pipe's buffer", async () => {
    const { child, write, reply } = run();
    for (const byte of frame(encodeToEnclave(boot))) child.stdin.write(Uint8Array.of(byte));
    write(call(1, "init_runtime", initInput(chain)));
    await reply();
    const data = toBase64(new Uint8Array(8 << 20).fill(7));
    write(call(2, "set", { path: "/ipfs/large", data }));
    for (let id = 3; id < 6; id++) write(call(id, "get", { path: "/ipfs/large" }));
    expect(payloadOf(await reply())).toEqual({ path: "/ipfs/large", data });
    for (let id = 3; id < 6; id++) {
      const answer = await reply();
      expect([answer.id, payloadOf(answer)["value"]]).toEqual([id, data]);
    }
  });

  it("runs a chain's proven code for its metadata, also after a restart, and survives bad code", async () => {
    const { write, next, reply } = run();
    const start = (code: Uint8Array) => {
      const chain = new TinyChain(0, code);
      return { ...initInput(chain), code_proof_b64: chain.codeProof(0).map(toBase64) };
    };
    write(boot);
    const { puts } = (await next()) as EnclaveReady;
    write(call(1, "init_runtime", start(utf8("no module"))));
    write(call(2, "init_runtime", start(runtimeModule.subarray(0, 4_000))));
    write(call(3, "init_runtime", start(runtimeModule)));
    const [first, second, third] = [await reply(), await reply(), await reply()];
    write(call(4, "get_status"));
    const status = await reply();
    expect([first, second, third].map(({ status, code }) => [status, code])).toEqual([
      [400, "code/no-metadata"],
      [400, "code/no-metadata"],
      [200, undefined],
    ]);
    expect(payloadOf(status)).toMatchObject({ command_source: "events", initialized: true });
    const again = run();
    again.write({ ...boot, blobs: [...puts, ...third.puts] });
    again.write(call(1, "get_status"));
    const { query_key, ...kept } = payloadOf(status);
    const restarted = payloadOf(await again.reply());
    expect(restarted).toMatchObject(kept);
    expect(restarted["query_key"]).not.toEqual(query_key);
  });

  it.skipIf(process.platform !== "linux")("limits the memory of a chain's code", async () => {
    const { child, write, next, reply } = run();
    const chain = new TinyChain(0, hungryRuntime(runtimeModule));
    write(boot);
    await next();
    write(call(1, "init_runtime", { ...initInput(chain), code_proof_b64: chain.codeProof(0).map(toBase64) }));
    expect(await reply()).toMatchObject({ status: 400, code: "code/no-metadata" });
    const [, peak] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "latin1")) ?? [];
    expect(Number(peak)).toBeLessThan(1024 * 1024);
    const good = new TinyChain(0, runtimeModule);
    write(call(2, "init_runtime", { ...initInput(good), code_proof_b64: good.codeProof(0).map(toBase64) }));
    expect((await reply()).status).toBe(200);
  });

  it("refuses code that traps, and then runs code that does not", async () => {
    const { write, next, reply } = run();
    const init = (id: number, code: Uint8Array) => {
      const chain = new TinyChain(0, code);
      write(
        call(id, "init_runtime", { ...initInput(chain), code_proof_b64: chain.codeProof(0).map(toBase64) }),
      );
      return reply();
    };
    write(boot);
    await next();
    expect(await init(1, trappingRuntime(runtimeModule))).toMatchObject({
      status: 400,
      code: "code/no-metadata",
    });
    expect(await init(2, runtimeModule)).toMatchObject({ status: 200 });
  });

  it.each([
    [
      "enclave/bad-seal",
      "a blob that cannot be opened",
      frame(encodeToEnclave({ ...boot, blobs: [{ key: "identity", bytes: utf8("x") }] })),
    ],
    ["frame/too-large", "an oversized frame", Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ["frame/unknown-kind", "an unknown message", frame(Uint8Array.of(9))],
    ["codec/truncated", "half a message", frame(Uint8Array.of(0))],
  ])("%s: logs the code and exits: %s", async (code, _, bytes) => {
    const { child, next, stderr } = run();
    child.stdin.write(bytes);
    expect(await next()).toMatchObject({ kind: "log", level: "error", code });
    expect(await once(child, "exit")).toEqual([1, null]);
    expect(stderr()).toBe("");
  });

  it.each([
    ["enclave/production-simulated", ["--production"]],
    ["enclave/production-simulated", ["--production", "--seal", "ephemeral"]],
    ["enclave/development-key", ["--production", "--attest", "gramine", "--seal", "development"]],
    ["enclave/production-fake-root", ["--production", "--attest", "gramine", "--attest-root", folder]],
    ["enclave/production-fake-root", ["--production", "--attest", "configfs-tsm", "--attest-root", folder]],
    [
      "enclave/production-fake-root",
      ["--production", "--attest", "dstack", "--attest-root", join(folder, "dstack.sock")],
    ],
    ["enclave/bad-option", ["--prodution"]],
    ["quote/unavailable", ["--attest", "gramine", "--attest-root", join(folder, "nothing")]],
  ])("%s: logs the code and exits before it boots: %j", async (code, args) => {
    const { child, next, stderr } = run(bundle, args);
    expect(await next()).toMatchObject({ kind: "log", level: "error", code });
    expect(await once(child, "exit")).toEqual([1, null]);
    expect(stderr()).toBe("");
  });

  it("asks a socket for quotes under the same flags, and answers status meanwhile", async () => {
    const { socket, asked } = await fakeAgent(({ method, body }) =>
      method === "POST /GetKey"
        ? { key: "5a".repeat(32) }
        : { quote: toHex(tdxQuote(fromHex(body["report_data"]!))), event_log: "[]" },
    );
    const { write, next, reply } = run(bundle, ["--attest", "dstack", "--attest-root", socket]);
    write(boot);
    const { publicKey, ecdhPublicKey } = (await next()) as EnclaveReady;
    const nonce = new Uint8Array(32).fill(9);
    write(call(1, "init_runtime", initInput(chain)));
    const replies = [await reply()];
    write(call(2, "get_evidence", { nonce: toHex(nonce) }));
    write(call(3, "get_info"));
    for (let i = 0; i < 2; i++) replies.push(await reply());
    replies.sort((a, b) => a.id - b.id);
    expect(replies.map(({ id, status }) => [id, status])).toEqual([1, 2, 3].map((id) => [id, 200]));
    const shown = getEvidence.output(payloadOf(replies[1]!) as JsonObject, "");
    const { evidence, genesis_hash: genesisHash, anchor, provider } = shown;
    const binding = { purpose: "worker", publicKey, ecdhPublicKey, genesisHash, anchor, nonce } as const;
    const quote = tdxQuote(reportData(portableCrypto, binding));
    expect([provider, evidence]).toEqual([
      "dstack",
      { kind: "dstack", event_log: "[]", quote_b64: toBase64(quote) },
    ]);
    expect(asked.map(({ method }) => method)).toEqual(["POST /GetKey", "POST /GetQuote"]);
  });

  it("writes console output to standard error", async () => {
    const printing = join(folder, "printing.mjs");
    await build({
      stdin: {
        contents:
          'import "./enclave/src/quiet-console.ts";' +
          'console.log("a"); console.info("b"); console.warn("c"); console.table([1]);',
        resolveDir: join(import.meta.dirname, "../.."),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: printing,
      logLevel: "error",
    });
    const { child, stderr } = run(printing);
    const said: Buffer[] = [];
    child.stdout.removeAllListeners("data").on("data", (chunk: Buffer) => said.push(chunk));
    await once(child, "close");
    expect(said).toEqual([]);
    expect(stderr().split("\n").slice(0, 3)).toEqual(["a", "b", "c"]);
    expect(readFileSync(bundle, "utf8")).toMatch(/globalThis\.console = new Console/);
  });

  it("cannot read a file, write a file or start a process", async () => {
    const probing = join(folder, "probing.mjs");
    await build({
      stdin: {
        contents: `import fs from "node:fs";
          import cp from "node:child_process";
          import { Worker } from "node:worker_threads";
          for (const probe of [
            () => fs.readFileSync("/etc/hostname"),
            () => fs.writeFileSync(${JSON.stringify(join(folder, "x"))}, ""),
            () => cp.spawnSync("true"),
            () => new Worker("", { eval: true }),
          ])
            try {
              probe();
              process.stderr.write("allowed ");
            } catch (error) {
              process.stderr.write(error.code + " ");
            }`,
        resolveDir: folder,
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: probing,
      logLevel: "error",
    });
    const { child, stderr } = run(probing);
    await once(child, "close");
    expect(stderr()).toBe("ERR_ACCESS_DENIED ".repeat(4));
  });
});
