/** Log entries for bugs. An error's message is left out: it may quote secrets or plaintext. */
import type { EnclaveLog } from "@pruntime/api";
import { ProtocolError, stackFrames } from "@pruntime/core/errors";
import type { EnclaveErrorDetail } from "./error.ts";

const bug = "enclave/bug" satisfies EnclaveErrorDetail["code"];

/** The code of a coded error; class and stack frames of any other. */
export function bugLog(error: unknown): EnclaveLog {
  const code = error instanceof ProtocolError ? (error as ProtocolError).code : bug;
  return {
    kind: "log",
    level: "error",
    code,
    facts: error instanceof Error ? whereThrown(error) : [["error", typeof error]],
  };
}

/** The class, and the innermost frames of the stack. */
function whereThrown(error: Error): EnclaveLog["facts"] {
  return [
    ["error", error.constructor.name],
    ...stackFrames(error).map((frame, i) => [`at ${i}`, frame.slice("at ".length)] as const),
  ];
}
