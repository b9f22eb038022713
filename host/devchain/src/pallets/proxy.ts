/**
 * Accounts that make calls for other accounts. The only proxy type, `Any`, allows all calls. There are no
 * deposits and no announcements.
 */
import type { RuntimeCall, Unit } from "../frame/codec.ts";
import { type Context, dispatchResult, rolledBack } from "../frame/context.ts";
import { type Address, accountOf, failuresOf } from "../frame/failure.ts";
import type { Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageMap } from "../frame/storage-item.ts";
import { readWeight } from "../frame/weight.ts";
import { unitEnum } from "../metadata/type-registry.ts";

interface ProxyDefinition {
  readonly delegate: string;
  readonly proxy_type: Unit;
  readonly delay: number;
}

interface ProxyCall {
  readonly real: Address;
  readonly call: RuntimeCall;
}

interface ProxyChange {
  readonly delegate: Address;
  readonly proxy_type: Unit;
  readonly delay: number;
}

/** The maximum number of proxies of an account. */
const maxProxies = 32;

const errors = [
  "TooMany",
  "NotFound",
  "NotProxy",
  "Unproxyable",
  "Duplicate",
  "NoPermission",
  "Unannounced",
  "NoSelfProxy",
] as const;
const failure = failuresOf<(typeof errors)[number]>("Proxy");

/** The proxies and the deposit of each delegator. */
const proxies: StorageItem<
  readonly [delegates: readonly ProxyDefinition[], deposit: bigint],
  [delegator: string]
> = storageMap("Proxy", "Proxies", {
  key: "AccountId32",
  value: "(Vec<ProxyDefinition>, u128)",
  fallback: [[], 0n],
});

const change = { delegate: "MultiAddress", proxy_type: "ProxyType", delay: "u32" };
const changed = { delegator: "AccountId32", delegatee: "AccountId32", proxy_type: "ProxyType", delay: "u32" };

/** The pallet for accounts that make calls for other accounts. */
export const proxy: Pallet = {
  name: "Proxy",
  index: 8,
  types: {
    ProxyType: { path: "devchain_runtime::ProxyType", variants: unitEnum("Any") },
    ProxyDefinition: {
      path: "pallet_proxy::ProxyDefinition",
      fields: { delegate: "AccountId32", proxy_type: "ProxyType", delay: "u32" },
      params: { AccountId: "AccountId32", ProxyType: "ProxyType", BlockNumber: "u32" },
    },
  },
  calls: [
    {
      name: "proxy",
      index: 0,
      args: { real: "MultiAddress", force_proxy_type: "Option<ProxyType>", call: "RuntimeCall" },
      run: proxyCall,
      weight: ({ call }: ProxyCall, weigh) => 12_000_000n + readWeight + weigh(call),
    },
    { name: "add_proxy", index: 1, args: change, run: addProxy },
    { name: "remove_proxy", index: 2, args: change, run: removeProxy },
  ],
  events: {
    ProxyExecuted: { result: "Result<(), DispatchError>" },
    PureCreated: {
      pure: "AccountId32",
      who: "AccountId32",
      proxy_type: "ProxyType",
      disambiguation_index: "u16",
    },
    Announced: { real: "AccountId32", proxy: "AccountId32", call_hash: "H256" },
    ProxyAdded: changed,
    ProxyRemoved: changed,
  },
  errors,
  constants: { MaxProxies: ["u32", maxProxies] },
  storage: [proxies],
};

/** Dispatches the inner call as the account `real`. The proxy call succeeds even if the inner call fails. */
function proxyCall(context: Context, who: string, { real, call }: ProxyCall): void {
  const sender = accountOf(real);
  const [delegates] = context.storage.get(proxies, sender);
  const found = delegates.find(({ delegate }) => delegate === who);
  if (found === undefined) throw failure(context, "NotProxy");
  if (found.delay > 0) throw failure(context, "Unannounced");
  const result = dispatchResult(rolledBack(context, () => context.dispatch(sender, call)));
  context.deposit("Proxy", "ProxyExecuted", { result });
}

function addProxy(context: Context, delegator: string, { delegate, proxy_type, delay }: ProxyChange): void {
  const delegatee = accountOf(delegate);
  if (delegatee === delegator) throw failure(context, "NoSelfProxy");
  const [delegates, deposit] = context.storage.get(proxies, delegator);
  if (delegates.some((other) => other.delegate === delegatee && other.delay === delay))
    throw failure(context, "Duplicate");
  if (delegates.length >= maxProxies) throw failure(context, "TooMany");
  context.storage.put(
    proxies,
    [[...delegates, { delegate: delegatee, proxy_type, delay }], deposit],
    delegator,
  );
  context.deposit("Proxy", "ProxyAdded", { delegator, delegatee, proxy_type, delay });
}

function removeProxy(
  context: Context,
  delegator: string,
  { delegate, proxy_type, delay }: ProxyChange,
): void {
  const delegatee = accountOf(delegate);
  const [delegates, deposit] = context.storage.get(proxies, delegator);
  const left = delegates.filter((other) => other.delegate !== delegatee || other.delay !== delay);
  if (left.length === delegates.length) throw failure(context, "NotFound");
  context.storage.put(proxies, [left, deposit], delegator);
  context.deposit("Proxy", "ProxyRemoved", { delegator, delegatee, proxy_type, delay });
}
