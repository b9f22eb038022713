/** Log entries for bugs. They omit the error's message, which may contain secrets or plaintext. */
import type { EnclaveLog } from "@pruntime/api";
import { ProtocolError, stackFrames } from "@pruntime/core/errors";
import type { EnclaveErrorDetail } from "./error.ts";

const bug = "enclave/bug" satisfies EnclaveErrorDetail["code"];

/**
 * Returns the log entry of an error. The entry's code is the error's own code, or `enclave/bug` if the error
 * has none. The entry's facts are the error's class and stack frames.
 */
export function bugLog(error: unknown): EnclaveLog {
  const code = error instanceof ProtocolError ? (error as ProtocolError).code : bug;
  return {
    kind: "log",
    level: "error",
    code,
    facts: error instanceof Error ? whereThrown(error) : [["error", typeof error]],
  };
}

/** Returns the error's class and the innermost frames of its stack. */
function whereThrown(error: Error): EnclaveLog["facts"] {
  return [
    ["error", error.constructor.name],
    ...stackFrames(error).map((frame, i) => [`at ${i}`, frame.slice("at ".length)] as const),
  ];
}
