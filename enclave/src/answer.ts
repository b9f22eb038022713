/** A call's way through the enclave where evidence may be wanted: the hardware is asked while nothing else is done. */
import type { Evidence } from "@pruntime/core/attestation";
import type { Enclave } from "./actions/action.ts";
import { type Messages, respond } from "./respond.ts";

/** Answers one call. It does not throw. */
export async function answer(
  enclave: Enclave,
  id: number,
  action: string,
  body: Uint8Array,
): Promise<Messages> {
  const first = respond(enclave, id, action, body);
  return "resume" in first ? first.resume(await quoteOf(enclave, first.reportData)) : first;
}

async function quoteOf({ producer }: Enclave, reportData: Uint8Array): Promise<() => Evidence> {
  try {
    const evidence = await producer.quote(reportData);
    return () => evidence;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
