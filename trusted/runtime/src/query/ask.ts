/** Asks a contract what an opened query wants to know. */
import { utf8 } from "@pruntime/core/bytes";
import type { Query } from "@pruntime/core/channel";
import { canonicalJson, JsonError } from "@pruntime/core/json";
import { ContractError, type Executor } from "@pruntime/executor";
import { AskError } from "./error.ts";

/**
 * The bytes that the contract answers from the committed state.
 * @throws {@link AskError} `ask/no-contract`, `ask/bad-request`
 */
export function ask(executor: Executor, origin: Uint8Array | undefined, query: Query): Uint8Array {
  const { contractId } = query;
  const request = requestBytes(query);
  try {
    const answer = executor.query(origin, contractId, request);
    if (answer === undefined) throw new AskError({ code: "ask/no-contract", contractId });
    return answer;
  } catch (cause) {
    if (!(cause instanceof ContractError && cause.code === "contract/bad-request")) throw cause;
    throw new AskError({ code: "ask/bad-request", contractId }, { cause });
  }
}

/** In envelopes of JSON a request's bytes are the UTF-8 of its canonical JSON. A fraction has none. */
function requestBytes({ contractId, request }: Query): Uint8Array {
  try {
    return utf8(canonicalJson(request));
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new AskError({ code: "ask/bad-request", contractId }, { cause });
  }
}
