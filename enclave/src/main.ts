/**
 * The process that belongs inside the TEE: frames in on standard input, frames out on standard output, one call after the other. It opens no file but its own bundle and
 * no socket; Node's permission flags, which the gateway starts it with, are a seat belt around that.
 */
import "./quiet-console.ts";
import { decodeToEnclave, encodeFromEnclave, FrameReader, type FromEnclave, frame, type ToEnclave } from "@pruntime/api";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import type { Enclave } from "./actions/action.ts";
import { boot, type Platform } from "./boot.ts";
import { bugLog } from "./bug-log.ts";
import { measureBundle } from "./measurement.ts";
import { respond } from "./respond.ts";
import { interpretedRuntime } from "./runtime-code.ts";
import { createSealer, simulatedKeys } from "./sealing.ts";

const crypto = await createNativeCrypto();
const platform: Platform = {
  crypto,
  random: secureRandom,
  sealer: createSealer(crypto, secureRandom, simulatedKeys),
  measurement: measureBundle(crypto, process.argv[1] ?? ""),
  runtimeCode: interpretedRuntime,
};
const reader = new FrameReader();
let enclave: Enclave | undefined;

/** Anything thrown here ends the process, which tells its code: the gateway reports it and starts another. */
function take(message: ToEnclave): readonly FromEnclave[] {
  if (message.kind === "call") return enclave === undefined ? [] : respond(enclave, message.id, message.action, message.body);
  if (enclave !== undefined) return [];
  const booted = boot(platform, message.settings, message.blobs);
  enclave = booted.enclave;
  return booted.messages;
}

/** Writes one message and waits while the pipe is full. */
async function send(message: FromEnclave): Promise<void> {
  if (process.stdout.write(frame(encodeFromEnclave(message)))) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}

try {
  for await (const chunk of process.stdin)
    for (const bytes of reader.push(chunk as Uint8Array)) for (const message of take(decodeToEnclave(bytes))) await send(message);
} catch (error) {
  process.exitCode = 1;
  await send(bugLog(error));
}
