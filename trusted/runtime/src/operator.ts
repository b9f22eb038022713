/** `set_operator`: the account on whose behalf the worker is registered. Evidence is bound to it. */
import type { EventOf } from "./event.ts";
import { operatorRecord } from "./keep/operator.ts";
import { recordOf } from "./keep/record.ts";
import type { Context, State, Step } from "./state.ts";

/** Changes the operator's account, and returns the record with which the host stores it. */
export function setOperator(
  { identity }: Context,
  state: State,
  { operator }: EventOf<"set-operator">,
): Step<"set-operator"> {
  const record = recordOf(operatorRecord, { publicKey: identity.signer.publicKey, operator });
  return { state: { ...state, operator }, value: { done: true }, puts: [record] };
}
