/**
 * Answers a call in three steps: the action's row reads the body, the handler runs, and the hardware makes
 * evidence if the handler needs it. reply.ts then makes a signed reply from the result.
 */
import { findAction, type KnownAction, requestOf } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJson, type Json, jsonAny } from "@pruntime/core/json";
import type { Work } from "@pruntime/core/work";
import type { Effects, Outcome, Runtime } from "@pruntime/runtime";
import type { Enclave, EvidenceWanted, Handled, Result, Serving } from "./actions/action.ts";
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
  readonly resume: (evidence: () => Evidence) => Work<Messages>;
}

/**
 * Answers one call in units, or returns the call's continuation if the call needs evidence first. It does not
 * throw.
 */
export function* beginCall(enclave: Enclave, call: Call): Work<Messages | Waiting> {
  const row = findAction(call.action);
  const effects: Effects[] = [];
  const { waiting } = call;
  const serving = { ...enclave, waiting, runtime: noting(enclave.runtime, effects) };
  const reply = (ending: Ending) => replyTo(enclave, call, ending, effects);
  const first = yield* attempt(enclave, row, handle(serving, row, call.body));
  if (!("reportData" in first)) return reply(first);
  const { reportData, answer } = first;
  return {
    reportData,
    *resume(evidence) {
      return reply(
        yield* attempt(
          enclave,
          row,
          finish(() => answer(evidence)),
        ),
      );
    },
  };
}

/** Runs work, and turns the error that it throws into the ending of the call. */
function* attempt<T>(enclave: Enclave, row: KnownAction | undefined, work: Work<T>): Work<T | Ending> {
  try {
    return yield* work;
  } catch (error) {
    return error instanceof ProtocolError ? refused(row, error as ProtocolError) : bug(enclave, row, error);
  }
}

/** Runs the last part of a handler, which may work in units. */
function* finish(answer: () => Handled<Json> | Work<Handled<Json>>): Work<Ending> {
  const result = answer();
  return answered("next" in result ? yield* result : result);
}

/** Wraps the runtime so that the effects of every accepted event are added to `effects`. */
function noting(runtime: Runtime, effects: Effects[]): Serving["runtime"] {
  const noted = <T>(outcome: Outcome<T>): Outcome<T> => {
    if (outcome.ok) effects.push(outcome.effects);
    return outcome;
  };
  return {
    accept: (event) => noted(runtime.accept(event)),
    *begin(event) {
      return noted(yield* runtime.begin(event));
    },
    preview: (event) => runtime.preview(event),
    queryTerms: () => runtime.queryTerms(),
    status: () => runtime.status(),
  };
}

/**
 * The JSON of a call. The gateway has checked the action's own limit before.
 * @limit characters, levels
 * @source the largest frame
 * @past `json/too-long` or `json/too-deep`
 */
const limits = { maxLength: 1 << 28, maxDepth: 64 };
const readRequest = requestOf(jsonAny);

function* handle(
  enclave: Serving,
  row: KnownAction | undefined,
  body: Uint8Array,
): Work<Ending | EvidenceWanted<Json>> {
  if (row === undefined) throw new EnclaveError({ code: "enclave/unknown-action" });
  const { input } = decodeJson(fromUtf8(body), readRequest, limits);
  if (row.devOnly === true && !enclave.devTest)
    throw new EnclaveError({ code: "enclave/dev-only", action: row.name });
  // The type of `handlers` guarantees that the handler accepts what the row's reader returns.
  const run = handlers[row.name] as (enclave: Serving, input: unknown) => Result<Json> | Work<Result<Json>>;
  yield;
  const known = row.input(input, "/input");
  yield;
  const begun = run(enclave, known);
  const result = "next" in begun ? yield* begun : begun;
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
