/** What is told of an error that nobody answers for: its code, or its kind and where it was met. Its message may repeat what is nobody's business. */
import type { EnclaveLog } from "@pruntime/api";
import { ProtocolError } from "@pruntime/core/errors";
import type { EnclaveErrorDetail } from "./error.ts";

const bug = "enclave/bug" satisfies EnclaveErrorDetail["code"];

export function bugLog(error: unknown): EnclaveLog {
  const code = error instanceof ProtocolError ? (error as ProtocolError).code : bug;
  return {
    kind: "log",
    level: "error",
    code,
    facts: error instanceof Error ? whereMet(error) : [["error", typeof error]],
  };
}

/** The class, and the innermost frames of the stack. */
function whereMet(error: Error): EnclaveLog["facts"] {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at \S/.test(line));
  return [
    ["error", error.constructor.name],
    ...frames.slice(0, 8).map((line, i) => [`at ${i}`, line.trim().slice(3)] as const),
  ];
}
