/**
 * The process inside the TEE. It reads frames from standard input, and writes frames to standard output. It
 * opens only its own bundle and the files through which its hardware provides evidence and keys. Node.js
 * enforces this, because the gateway starts the process with permission flags.
 */
import "./quiet-console.ts";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import {
  decodeToEnclave,
  encodeFromEnclave,
  FrameReader,
  type FromEnclave,
  frame,
  type ToEnclave,
} from "@pruntime/api";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { boot, type Platform } from "./boot.ts";
import { bugLog } from "./bug-log.ts";
import { CallCosts } from "./cost.ts";
import { Desk } from "./desk.ts";
import { openHardware } from "./hardware.ts";
import { startInterpreter } from "./interpreter.ts";
import { readOptions } from "./options.ts";
import { runtimeCodeOf } from "./runtime-code.ts";
import { createSealer } from "./store/sealing.ts";

/**
 * The contract state with the batch in progress, as a share of the process's heap. The rest is for the work
 * on blocks.
 * @limit of the heap
 * @source chosen: a dump, a body and the proof of a block need the other half
 * @past `executor/state-full` for the block; the worker keeps its state, follows finality and answers queries
 */
const stateShare = 1 / 2;

/**
 * Opens what the process provides for the enclave. The measurement is the hash of the bundle that this
 * process runs. Only hardware can attest that the hash is right.
 */
async function openPlatform(): Promise<Platform> {
  const [, bundle = "", ...argv] = process.argv;
  const options = readOptions(argv);
  const crypto = await createNativeCrypto({ background: true });
  const measurement = crypto.sha256(Uint8Array.from(readFileSync(bundle)));
  const { producer, sealingKey } = await openHardware(crypto, secureRandom, measurement, options);
  return {
    crypto,
    random: secureRandom,
    sealer: createSealer(crypto, secureRandom, sealingKey),
    measurement,
    runtimeCode: runtimeCodeOf(startInterpreter),
    stateBudget: Math.floor(getHeapStatistics().heap_size_limit * stateShare),
    producer,
    production: options.production,
    allowsV1: options.allowsV1,
  };
}

/** Writes one message and waits while the pipe is full. */
async function send(message: FromEnclave): Promise<void> {
  if (process.stdout.write(frame(encodeFromEnclave(message)))) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}

/**
 * The processor's time that this process has used, in milliseconds. Unlike the time on a clock, it does not
 * grow while other processes run. A library OS that lacks this figure has one process, and the clock will do.
 */
function processorMs(): number {
  try {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return performance.now();
  }
}

/**
 * Serves until the gateway closes the pipe or the enclave has ended. Reading goes on while a call is in
 * progress.
 */
function serve(platform: Platform): Promise<void> {
  const reader = new FrameReader();
  const costs = new CallCosts(processorMs);
  return new Promise((resolve, reject) => {
    let desk: Desk | undefined;
    const take = (message: ToEnclave) => {
      if (message.kind === "boot" && desk === undefined) {
        const { enclave, messages } = boot(platform, message.settings, message.blobs);
        desk = new Desk(enclave, {
          send: (message) => send(costs.add(message)),
          pause: () => setImmediate(),
          now: () => performance.now(),
        });
        for (const first of messages) void send(first);
      }
      if (message.kind !== "call" || desk === undefined) return;
      costs.begin(message.id, message.action);
      desk.take(message).then(() => desk?.ended === true && resolve(), reject);
    };
    process.stdin.on("data", (chunk: Uint8Array) => {
      try {
        for (const bytes of reader.push(chunk)) take(decodeToEnclave(bytes));
      } catch (error) {
        reject(error instanceof Error ? error : new TypeError("not an error", { cause: error }));
      }
    });
    process.stdin.once("end", () => resolve(desk?.idle()));
  });
}

// An error ends the process, which logs the error's code. The gateway reports the code and starts another
// process.
try {
  await serve(await openPlatform());
} catch (error) {
  process.exitCode = 1;
  await send(bugLog(error));
} finally {
  process.stdin.destroy();
}
