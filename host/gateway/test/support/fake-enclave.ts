/**
 * Implements the enclave's side of the pipe, and misbehaves on request, for example for
 * `{"input":{"do":"crash"}}`. The reply to any other call is the call's own body. A blob named "mode" selects
 * how the fake enclave boots.
 */
import { readFileSync } from "node:fs";
import {
  type Blob,
  decodeToEnclave,
  type EnclaveReply,
  encodeFromEnclave,
  FrameReader,
  type FromEnclave,
  frame,
} from "@pruntime/api/frames";
import { utf8 } from "@pruntime/core/bytes";

const reader = new FrameReader();
let bootKeys: string[] = [];
let served = 0;

process.stdin.on("data", (chunk) => {
  for (const bytes of reader.push(chunk)) {
    const message = decodeToEnclave(bytes);
    if (message.kind === "boot") boot(message.blobs);
    else answer(message.id, message.action, message.body);
  }
});

function send(message: FromEnclave): void {
  process.stdout.write(frame(encodeFromEnclave(message)));
}

function boot(blobs: readonly Blob[]): void {
  bootKeys = blobs.map(({ key }) => key).sort();
  const mode = Buffer.from(blobs.find(({ key }) => key === "mode")?.bytes ?? []).toString();
  if (mode === "exit") process.exit(7);
  if (mode === "silent") return;
  const puts = bootKeys.includes("identity") ? [] : [{ key: "identity", bytes: utf8("sealed") }];
  greet(puts);
}

function greet(puts: readonly Blob[]): void {
  const publicKey = new Uint8Array(33).fill(2);
  send({
    kind: "ready",
    publicKey,
    ecdhPublicKey: new Uint8Array(65).fill(4),
    measurement: new Uint8Array(32),
    puts,
  });
}

function answer(id: number, action: string, body: Uint8Array): unknown {
  const { input } = JSON.parse(Buffer.from(body).toString()) as {
    input?: { do?: string; ms?: number; key?: string; secret?: string };
  };
  const reply = (fields: Partial<EnclaveReply>) =>
    send({
      kind: "reply",
      id,
      cost: 0,
      status: 200,
      code: undefined,
      body,
      statement: undefined,
      puts: [],
      drops: [],
      ...fields,
    });
  const json = (value: unknown) => reply({ body: utf8(JSON.stringify(value)) });
  const note = (what: string) =>
    send({ kind: "log", level: "warn", code: `fake/${what}`, facts: [["block", "7"]] });
  served++;
  switch (input?.do) {
    case "crash":
      return process.exit(3);
    case "throw":
      throw new TypeError(`cannot read ${input.secret}`);
    case "hang":
      note("begun");
      setImmediate(hang);
      return;
    case "garbage":
      return void process.stdout.write(frame(Uint8Array.of(9, 1, 2, 3)));
    case "huge-frame":
      return void process.stdout.write(Uint8Array.of(255, 255, 255, 255, 0));
    case "wrong-id":
      return reply({ id: id + 1 });
    case "bad-status":
      return reply({ status: 42 });
    case "bad-code":
      return reply({ code: "x\r\nset-cookie: a" });
    case "refuse":
      return reply({
        status: 422,
        code: "fake/refused",
        statement: { bytes: Uint8Array.of(0xab), signature: Uint8Array.of(0xcd) },
      });
    case "ready":
      return greet([]);
    case "slow":
      note("begun");
      return void setTimeout(() => json({ action, served }), input.ms ?? 1);
    case "put":
      return reply({ puts: [{ key: input.key ?? "init", bytes: body }], drops: ["old"] });
    case "log":
      note("noted");
      return json({});
    case "boot-keys":
      return json(bootKeys);
    case "surroundings":
      return json({
        env: Object.keys(process.env),
        etc: attempt(() => readFileSync("/etc/passwd")),
        exec: process.execArgv,
      });
    default:
      return reply({});
  }
}

/** Blocks the process forever, so it must run after the output has been sent. */
function hang(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function attempt(run: () => unknown): string {
  try {
    run();
    return "allowed";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "failed";
  }
}
