/** Passes an opened query to its contract. */
import { utf8 } from "@pruntime/core/bytes";
import { maxAnswerBytes, QueryError } from "@pruntime/core/channel";
import { canonicalJson, type Json, JsonError } from "@pruntime/core/json";
import { ContractError, type Executor } from "@pruntime/executor";

/** What a query asks. */
interface Asked {
  readonly contractId: number;
  readonly request: Json;
}

/**
 * Returns the bytes of the contract's answer from the committed state.
 * @throws {@link QueryError} `query/no-contract`, `query/bad-request`, `query/answer-too-large`
 */
export function ask(executor: Executor, origin: Uint8Array | undefined, query: Asked): Uint8Array {
  const { contractId } = query;
  const request = requestBytes(query);
  try {
    const answer = executor.query(origin, contractId, request);
    if (answer === undefined) throw new QueryError({ code: "query/no-contract", contractId });
    if (answer.length > maxAnswerBytes)
      throw new QueryError({ code: "query/answer-too-large", contractId, limit: maxAnswerBytes });
    return answer;
  } catch (cause) {
    if (!(cause instanceof ContractError && cause.code === "contract/bad-request")) throw cause;
    throw new QueryError({ code: "query/bad-request", contractId }, { cause });
  }
}

/** A request's bytes: the UTF-8 of its canonical JSON, which cannot express fractions. */
function requestBytes({ contractId, request }: Asked): Uint8Array {
  try {
    return utf8(canonicalJson(request));
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new QueryError({ code: "query/bad-request", contractId }, { cause });
  }
}
