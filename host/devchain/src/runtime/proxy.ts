/** Accounts that call in the name of others. There is one kind of proxy, which may do anything; deposits and announcements there are none. */
import { maxProxies } from "../metadata/pallets.ts";
import { type Context, dispatchResult, rolledBack } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { ProxyDefinition } from "./storage.ts";
import type { RuntimeCall } from "./validity.ts";

interface Address {
  readonly type: string;
  readonly value: unknown;
}

export interface ProxyCall {
  readonly real: Address;
  readonly call: RuntimeCall;
}

export interface ProxyChange {
  readonly delegate: Address;
  readonly proxy_type: ProxyDefinition["proxy_type"];
  readonly delay: number;
}

/** The call is made by `real`, and may fail without this one failing. @throws {@link DispatchFailure} */
export function proxy(context: Context, who: string, { real, call }: ProxyCall): void {
  const sender = accountOf(real);
  const [proxies] = context.storage.get("Proxy.Proxies", sender);
  const found = proxies.find(({ delegate }) => delegate === who);
  if (found === undefined) throw failure(context, "NotProxy");
  if (found.delay > 0) throw failure(context, "Unannounced");
  const result = dispatchResult(rolledBack(context, () => context.dispatch(sender, call)));
  context.deposit("Proxy", "ProxyExecuted", { result });
}

/** @throws {@link DispatchFailure} */
export function addProxy(
  context: Context,
  delegator: string,
  { delegate, proxy_type, delay }: ProxyChange,
): void {
  const delegatee = accountOf(delegate);
  if (delegatee === delegator) throw failure(context, "NoSelfProxy");
  const [proxies, deposit] = context.storage.get("Proxy.Proxies", delegator);
  if (proxies.some((other) => other.delegate === delegatee && other.delay === delay))
    throw failure(context, "Duplicate");
  if (proxies.length >= maxProxies) throw failure(context, "TooMany");
  context.storage.put(
    "Proxy.Proxies",
    [[...proxies, { delegate: delegatee, proxy_type, delay }], deposit],
    delegator,
  );
  context.deposit("Proxy", "ProxyAdded", { delegator, delegatee, proxy_type, delay });
}

/** @throws {@link DispatchFailure} */
export function removeProxy(
  context: Context,
  delegator: string,
  { delegate, proxy_type, delay }: ProxyChange,
): void {
  const delegatee = accountOf(delegate);
  const [proxies, deposit] = context.storage.get("Proxy.Proxies", delegator);
  const left = proxies.filter((other) => other.delegate !== delegatee || other.delay !== delay);
  if (left.length === proxies.length) throw failure(context, "NotFound");
  context.storage.put("Proxy.Proxies", [left, deposit], delegator);
  context.deposit("Proxy", "ProxyRemoved", { delegator, delegatee, proxy_type, delay });
}

function accountOf({ type, value }: Address): string {
  if (type !== "Id") throw new DispatchFailure({ type: "CannotLookup", value: undefined });
  return value as string;
}

function failure({ runtime }: Context, error: string): DispatchFailure {
  return new DispatchFailure(runtime.codecs.moduleError("Proxy", error));
}
