/** The page's router. The fragment of the address names the view: `#/balances`, `#/contracts?of=Assets`. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

const fragment: Signal<string> = signal(globalThis.location?.hash ?? "");
globalThis.addEventListener?.("hashchange", () => (fragment.value = globalThis.location.hash));

/** A place in the page. */
export interface Route {
  readonly view: string;
  readonly parameters: URLSearchParams;
}

/** The current place. */
export const route: ReadonlySignal<Route> = computed(() => readRoute(fragment.value));

/** Reads a fragment. A fragment of another form is the first view. */
export function readRoute(hash: string): Route {
  const [, view = "trust", rest = ""] = /^#\/([a-z-]{1,32})(?:\?(.*))?$/.exec(hash) ?? [];
  return { view, parameters: new URLSearchParams(rest) };
}

/** The fragment of a place. */
export function linkTo(view: string, parameters: Readonly<Record<string, string>> = {}): string {
  const rest = new URLSearchParams(parameters).toString();
  return `#/${view}${rest === "" ? "" : `?${rest}`}`;
}

/** Goes to a place. */
export function goTo(view: string, parameters?: Readonly<Record<string, string>>): void {
  globalThis.location.hash = linkTo(view, parameters);
}
