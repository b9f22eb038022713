/**
 * Answers a call in three steps: the action's row reads the body, the handler runs, and the hardware makes
 * evidence if the handler needs it. reply.ts then makes a signed reply from the result.
 */
import { findAction, type KnownAction, requestOf } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJson, type Json, jsonAny } from "@pruntime/core/json";
import type { Effects, Runtime } from "@pruntime/runtime";
import type { Enclave, EvidenceWanted, Handled, Serving } from "./actions/action.ts";
import { handlers } from "./actions/index.ts";
import { bugLog } from "./bug-log.ts";
import { EnclaveError } from "./error.ts";
import { answered, type Call, type Ending, type Messages, refused, replyTo } from "./reply.ts";

/** A call that waits for evidence. */
export interface Waiting {
  /** The report data that the evidence must contain, 64 bytes. */
  readonly reportData: Uint8Array;
  /**
   * Continues the call. `evidence` returns the evidence, or throws the error that prevented it. `resume`
   * itself does not throw.
   */
  readonly resume: (evidence: () => Evidence) => Messages;
}

/** Answers one call. Never throws. */
export async function answerCall(enclave: Enclave, call: Call): Promise<Messages> {
  const first = beginCall(enclave, call);
  return "resume" in first ? first.resume(await evidenceOf(enclave, first.reportData)) : first;
}

/** Answers one call, or returns the call's continuation if the call needs evidence first. Never throws. */
export function beginCall(enclave: Enclave, call: Call): Messages | Waiting {
  const row = findAction(call.action);
  const effects: Effects[] = [];
  const serving = { ...enclave, runtime: noting(enclave.runtime, effects) };
  const reply = (ending: Ending) => replyTo(enclave, call, ending, effects);
  const attempt = <T>(step: () => T): T | Ending => {
    try {
      return step();
    } catch (error) {
      return error instanceof ProtocolError ? refused(row, error as ProtocolError) : bug(enclave, row, error);
    }
  };
  const first = attempt(() => handle(serving, row, call.body));
  if (!("reportData" in first)) return reply(first);
  const { reportData, answer } = first;
  return { reportData, resume: (evidence) => reply(attempt(() => answered(answer(evidence)))) };
}

/** Wraps the runtime so that the effects of every accepted event are added to `effects`. */
function noting(runtime: Runtime, effects: Effects[]): Serving["runtime"] {
  return {
    accept: (event) => {
      const outcome = runtime.accept(event);
      if (outcome.ok) effects.push(outcome.effects);
      return outcome;
    },
    preview: (event) => runtime.preview(event),
    queryTerms: () => runtime.queryTerms(),
    status: () => runtime.status(),
  };
}

const limits = { maxLength: 1 << 28, maxDepth: 64 };
const readRequest = requestOf(jsonAny);

function handle(
  enclave: Serving,
  row: KnownAction | undefined,
  body: Uint8Array,
): Ending | EvidenceWanted<Json> {
  if (row === undefined) throw new EnclaveError({ code: "enclave/unknown-action" });
  const { input } = decodeJson(fromUtf8(body), readRequest, limits);
  if (row.devOnly === true && !enclave.devTest)
    throw new EnclaveError({ code: "enclave/dev-only", action: row.name });
  // The type of `handlers` guarantees that the handler accepts what the row's reader returns.
  const run = handlers[row.name] as (
    enclave: Serving,
    input: unknown,
  ) => Handled<Json> | EvidenceWanted<Json>;
  const result = run(enclave, row.input(input, "/input"));
  return "reportData" in result ? result : answered(result);
}

/**
 * The ending of a call in which a bug was found. After a bug, nothing in this process can be relied upon, so
 * the worker accepts no more calls and stores nothing.
 */
function bug({ runtime }: Enclave, row: KnownAction | undefined, error: unknown): Ending {
  runtime.halt();
  return { ...refused(row, new EnclaveError({ code: "enclave/bug" })), bug: bugLog(error) };
}

async function evidenceOf({ producer }: Enclave, reportData: Uint8Array): Promise<() => Evidence> {
  try {
    const evidence = await producer.quote(reportData);
    return () => evidence;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
