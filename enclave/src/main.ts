/**
 * The process inside the TEE. It reads frames from standard input, writes frames to standard output, and
 * answers one call at a time. It opens only its own bundle and the files through which its hardware provides
 * evidence and keys. Node.js enforces this, because the gateway starts the process with permission flags.
 */
import "./quiet-console.ts";
import { readFileSync } from "node:fs";
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
import type { Enclave } from "./actions/action.ts";
import { boot, type Platform } from "./boot.ts";
import { bugLog } from "./bug-log.ts";
import { answerCall } from "./call.ts";
import { openHardware } from "./hardware.ts";
import { startInterpreter } from "./interpreter.ts";
import { readOptions } from "./options.ts";
import { runtimeCodeOf } from "./runtime-code.ts";
import { createSealer } from "./store/sealing.ts";

let enclave: Enclave | undefined;

/**
 * Handles one message. An error ends the process, which logs the error's code. The gateway reports the code.
 * It then starts another process, unless its first start of the enclave failed.
 */
async function take(platform: Platform, message: ToEnclave): Promise<readonly FromEnclave[]> {
  if (message.kind === "call") return enclave === undefined ? [] : answerCall(enclave, message);
  if (enclave !== undefined) return [];
  const booted = boot(platform, message.settings, message.blobs);
  enclave = booted.enclave;
  return booted.messages;
}

/**
 * Opens what the process provides for the enclave. The measurement is the hash of the bundle that this
 * process runs. Only hardware can attest that the hash is right.
 */
async function openPlatform(): Promise<Platform> {
  const [, bundle = "", ...argv] = process.argv;
  const options = readOptions(argv);
  const crypto = await createNativeCrypto();
  const measurement = crypto.sha256(Uint8Array.from(readFileSync(bundle)));
  const { producer, sealingKey } = await openHardware(crypto, secureRandom, measurement, options);
  return {
    crypto,
    random: secureRandom,
    sealer: createSealer(crypto, secureRandom, sealingKey),
    measurement,
    runtimeCode: runtimeCodeOf(startInterpreter),
    stateBudget: Math.floor(getHeapStatistics().heap_size_limit / 2), // the rest is for the work on blocks
    producer,
    production: options.production,
  };
}

/** Writes one message and waits while the pipe is full. */
async function send(message: FromEnclave): Promise<void> {
  if (process.stdout.write(frame(encodeFromEnclave(message)))) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}

/** Serves until the gateway closes the pipe or the enclave has ended. */
async function serve(platform: Platform): Promise<void> {
  const reader = new FrameReader();
  for await (const chunk of process.stdin)
    for (const bytes of reader.push(chunk as Uint8Array)) {
      for (const message of await take(platform, decodeToEnclave(bytes))) await send(message);
      if (enclave?.life.ended === true) return;
    }
}

try {
  await serve(await openPlatform());
} catch (error) {
  process.exitCode = 1;
  await send(bugLog(error));
}
