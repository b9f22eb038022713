/**
 * The process that belongs inside the TEE: frames in on standard input, frames out on standard output, one
 * call after the other. It opens no file but its own bundle and what its hardware's evidence and keys come
 * from; Node's permission flags, which the gateway starts it with, are a seat belt around that. /
 */
import "./quiet-console.ts";
import { readFileSync } from "node:fs";
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
import { readOptions } from "./options.ts";
import { interpretedRuntime } from "./runtime-code.ts";
import { createSealer } from "./store/sealing.ts";

let enclave: Enclave | undefined;

/** Anything thrown here ends the process, which tells its code: the gateway reports it and starts another. */
async function take(platform: Platform, message: ToEnclave): Promise<readonly FromEnclave[]> {
  if (message.kind === "call") return enclave === undefined ? [] : answerCall(enclave, message);
  if (enclave !== undefined) return [];
  const booted = boot(platform, message.settings, message.blobs);
  enclave = booted.enclave;
  return booted.messages;
}

/** The process reads its own bundle to say what code it is. Only hardware can vouch for that measurement. */
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
    runtimeCode: interpretedRuntime,
    producer,
    production: options.production,
  };
}

/** Writes one message and waits while the pipe is full. */
async function send(message: FromEnclave): Promise<void> {
  if (process.stdout.write(frame(encodeFromEnclave(message)))) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}

/** Until the gateway hangs up, or the enclave has ended. */
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
