import type { Role } from "../network.ts";
import type { ServeOptions } from "../options.ts";
import { archiveMethods } from "./archive.ts";
import { chainHeadMethods } from "./chain-head/methods.ts";
import { chainSpecMethods } from "./chain-spec.ts";
import { devMethods } from "./dev.ts";
import { authorMethods } from "./legacy/author.ts";
import { chainMethods } from "./legacy/chain.ts";
import { grandpaMethods } from "./legacy/grandpa.ts";
import { paymentMethods } from "./legacy/payment.ts";
import { stateMethods } from "./legacy/state.ts";
import { systemMethods } from "./legacy/system.ts";
import type { Method, MethodTable } from "./method.ts";
import { transactionMethods } from "./transaction.ts";

const legacy: MethodTable = {
  ...systemMethods,
  ...chainMethods,
  ...stateMethods,
  ...authorMethods,
  ...grandpaMethods,
  ...paymentMethods,
};

const modern: MethodTable = {
  ...chainHeadMethods,
  ...chainSpecMethods,
  ...transactionMethods,
  ...archiveMethods,
};

const offered = { both: { ...legacy, ...modern }, legacy, modern } as const;

/**
 * The methods of a server. A parachain's node has no GRANDPA methods. The result is a map because clients may
 * ask for any name, and an object would also find inherited properties.
 */
export function methodsOf(api: NonNullable<ServeOptions["api"]>, role: Role): ReadonlyMap<string, Method> {
  const methods = new Map(Object.entries({ ...offered[api], ...devMethods }));
  if (role === "para") for (const name of Object.keys(grandpaMethods)) methods.delete(name);
  const names = [...methods.keys(), "rpc_methods"].sort();
  return methods.set("rpc_methods", () => ({ methods: names }));
}
