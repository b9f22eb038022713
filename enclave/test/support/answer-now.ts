/** Answers a call without a pause. The producer must be synchronous. */
import type { Evidence } from "@pruntime/core/attestation";
import { complete } from "@pruntime/core/work";
import type { Enclave } from "../../src/actions/action.ts";
import { beginCall } from "../../src/call.ts";
import type { Messages } from "../../src/reply.ts";

export function answerNow(enclave: Enclave, id: number, action: string, body: Uint8Array): Messages {
  const first = complete(beginCall(enclave, { id, action, waiting: 0, body }));
  if (!("resume" in first)) return first;
  return complete(first.resume(() => enclave.producer.quote(first.reportData) as Evidence));
}
