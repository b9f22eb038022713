/**
 * Runs an enclave in this process, with a host that stores its blobs. Every reply is checked as a client
 * would check it.
 */
import { type ActionName, type EnclaveLog, type EnclaveReply, findAction } from "@pruntime/api";
import { fromHex, fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto, type Random } from "@pruntime/core/crypto";
import { parseJson } from "@pruntime/core/json";
import { replyHash, requestHash, type Statement, verifyStatement } from "@pruntime/core/statement";
import { expect } from "vitest";
import { runtimeCode } from "../../../trusted/runtime/test/support/worker.ts";
import type { Enclave } from "../../src/actions/action.ts";
import { boot, type Platform } from "../../src/boot.ts";
import type { EvidenceProducer } from "../../src/producers/producer.ts";
import { simulated } from "../../src/producers/simulated.ts";
import { createSealer, developmentKey, type SealingKey } from "../../src/store/sealing.ts";
import { answerNow } from "./answer-now.ts";

export const measurement: Uint8Array = new Uint8Array(32).fill(0x4d);

/** Returns randomness that differs for each draw, but is the same in each run. */
export function seededRandom(seed = 1): Random {
  let draws = 0;
  return (length) => {
    const block = portableCrypto.sha512(utf8(`${seed}/${draws++}`));
    return Uint8Array.from({ length }, (_, i) => block[i % 64] as number);
  };
}

export interface Called {
  readonly status: number;
  readonly code: string | undefined;
  /** The reply's exact body. */
  readonly text: string;
  /** The body's `status`. */
  readonly outcome: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the payload that it expects
  readonly payload: any;
  readonly message: string | undefined;
  readonly statement: Statement | undefined;
  readonly logs: readonly EnclaveLog[];
}

export interface Started {
  readonly enclave: Enclave;
  readonly store: Map<string, Uint8Array>;
  readonly call: (action: ActionName, input?: unknown) => Called;
  /** Sends any body to any action. */
  readonly send: (action: string, body: string | Uint8Array) => Called;
}

export interface StartOptions {
  readonly store?: Map<string, Uint8Array>;
  readonly devTest?: boolean;
  readonly crypto?: Crypto;
  readonly random?: Random;
  readonly producer?: EvidenceProducer;
  readonly sealingKey?: SealingKey;
  readonly production?: boolean;
  readonly allowsV1?: boolean;
}

export function platform(options: StartOptions = {}): Platform {
  const {
    crypto = portableCrypto,
    random = seededRandom(),
    sealingKey = developmentKey,
    production = false,
    allowsV1 = true,
  } = options;
  const { producer = simulated(crypto, measurement) } = options;
  const sealer = createSealer(crypto, random, sealingKey);
  const stateBudget = Infinity;
  return { crypto, random, measurement, runtimeCode, stateBudget, allowsV1, sealer, producer, production };
}

export function start(options: StartOptions = {}): Started {
  const store = options.store ?? new Map<string, Uint8Array>();
  const blobs = [...store].map(([key, bytes]) => ({ key, bytes }));
  const { enclave, messages } = boot(platform(options), { devTest: options.devTest ?? false }, blobs);
  for (const message of messages)
    if (message.kind === "ready") for (const { key, bytes } of message.puts) store.set(key, bytes);
  const send: Started["send"] = (action, body) => {
    const bytes = typeof body === "string" ? utf8(body) : body;
    const messages = answerNow(enclave, 7, action, bytes);
    const reply = messages.at(-1) as EnclaveReply;
    for (const { key, bytes: kept } of reply.puts) store.set(key, kept);
    return { ...check(enclave, action, bytes, reply), logs: messages.slice(0, -1) as EnclaveLog[] };
  };
  return {
    enclave,
    store,
    send,
    call: (action, input = {}) => send(action, JSON.stringify({ input, nonce: { value: 1 } })),
  };
}

function check(
  { identity, runtime }: Enclave,
  action: string,
  request: Uint8Array,
  reply: EnclaveReply,
): Omit<Called, "logs"> {
  const text = fromUtf8(reply.body);
  const body = JSON.parse(text) as Record<string, string>;
  const { payload = "", signature = "", status = "", code, message } = body;
  expect(reply).toMatchObject({ kind: "reply", id: 7, drops: [] });
  expect(Object.keys(body)).toEqual(
    reply.status === 200
      ? ["payload", "signature", "status"]
      : ["code", "message", "payload", "signature", "status"],
  );
  expect(reply.status === 200 || (code === reply.code && JSON.parse(payload).message === message)).toBe(true);
  expect(
    portableCrypto.secp256k1.verify(
      identity.signer.publicKey,
      portableCrypto.sha256(utf8(payload)),
      fromHex(signature),
    ),
  ).toBe(true);
  const row = findAction(action);
  expect(reply.status === 200 || row === undefined || reply.status >= 400).toBe(true);
  if (status === "ok") expect(() => row?.output(parseJson(payload), "/payload")).not.toThrow();
  expect(
    (reply.statement !== undefined) === (runtime.statement(measurement, measurement) !== undefined),
  ).toBe(true);
  const exchange = {
    requestHash: requestHash(portableCrypto, action, request),
    replyHash: replyHash(portableCrypto, payload),
  };
  const statement =
    reply.statement &&
    verifyStatement(
      portableCrypto,
      identity.signer,
      exchange,
      reply.statement.bytes,
      reply.statement.signature,
    );
  return {
    status: reply.status,
    code: reply.code,
    text,
    outcome: status,
    payload: JSON.parse(payload) as unknown,
    message,
    statement,
  };
}

/**
 * Returns the runtime's state without the operator's files as a dump in hex, or the code with which the dump
 * is refused.
 */
export function held({ enclave }: Started): string {
  const outcome = enclave.runtime.accept({ kind: "dump" });
  return outcome.ok ? toHex(outcome.value.dump) : outcome.error.code;
}
