/** Answers a call synchronously. The producer must be synchronous. */
import type { Evidence } from "@pruntime/core/attestation";
import type { Enclave } from "../../src/actions/action.ts";
import { beginCall } from "../../src/call.ts";
import type { Messages } from "../../src/reply.ts";

export function answerNow(enclave: Enclave, id: number, action: string, body: Uint8Array): Messages {
  const first = beginCall(enclave, { id, action, body });
  return "resume" in first ? first.resume(() => enclave.producer.quote(first.reportData) as Evidence) : first;
}
