/**
 * Answers a call in three steps: the action's row reads the body, the handler runs, and the hardware makes
 * evidence if the handler needs it. reply.ts then makes a signed reply from the result.
 */
import { findAction, type KnownAction, requestOf } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import { fromUtf8Work } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJsonWork, type Json, jsonAny } from "@pruntime/core/json";
import { requestHash } from "@pruntime/core/statement";
import type { Work } from "@pruntime/core/work";
import type { Enclave, EvidenceWanted, Handled, Result, Serving } from "./actions/action.ts";
import { handlers } from "./actions/index.ts";
import { bugLog } from "./bug-log.ts";
import { EnclaveError } from "./error.ts";
import { answered, type Call, type Ending, type Messages, refused, replyTo } from "./reply.ts";
import { type SealedEffects, sealEffects } from "./store/records.ts";

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
  const effects = new Map<string, Uint8Array | undefined>();
  const serving = { ...enclave, waiting: call.waiting, runtime: noting(enclave, effects) };
  const asked = { ...call, hash: requestHash(enclave.crypto, call.action, call.body) };
  yield;
  const reply = (ending: Ending) => replyTo(enclave, asked, ending, effects);
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
          finish(enclave, () => answer(evidence)),
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
function* finish({ crypto }: Enclave, answer: () => Handled<Json> | Work<Handled<Json>>): Work<Ending> {
  const result = answer();
  return answered(crypto, "next" in result ? yield* result : result);
}

/**
 * Wraps the runtime so that the effects of every accepted event are added to `effects`. They are sealed
 * before the state changes, because sealing can take long and the reply follows the change in the same unit.
 */
function noting(enclave: Enclave, effects: Map<string, Uint8Array | undefined>): Serving["runtime"] {
  const { runtime } = enclave;
  return {
    answer: (event) => runtime.accept(event),
    *begin(event) {
      let sealed: SealedEffects = new Map();
      const outcome = yield* runtime.begin(event, function* (prepared) {
        sealed = yield* sealEffects(enclave, prepared);
      });
      if (outcome.ok) for (const [key, bytes] of sealed) effects.set(key, bytes);
      return outcome;
    },
    get lineage() {
      return runtime.lineage;
    },
    get operator() {
      return runtime.operator;
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
  const { input } = yield* decodeJsonWork(yield* fromUtf8Work(body), readRequest, limits);
  if (row.devOnly === true && !enclave.devTest)
    throw new EnclaveError({ code: "enclave/dev-only", action: row.name });
  // The type of `handlers` guarantees that the handler accepts what the row's reader returns.
  const run = handlers[row.name] as (enclave: Serving, input: unknown) => Result<Json> | Work<Result<Json>>;
  yield;
  const known = row.input(input, "/input");
  yield;
  const begun = run(enclave, known);
  const result = "next" in begun ? yield* begun : begun;
  return "reportData" in result ? result : answered(enclave.crypto, result);
}

/**
 * The ending of a call in which a bug was found. After a bug, nothing in this process can be relied upon, so
 * the worker accepts no more calls and stores nothing.
 */
function bug({ runtime }: Enclave, row: KnownAction | undefined, error: unknown): Ending {
  runtime.halt();
  return { ...refused(row, new EnclaveError({ code: "enclave/bug" })), bug: bugLog(error) };
}
