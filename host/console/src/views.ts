/** The views of the page. To add one, write its component and add a line here. */
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { TrustView } from "./views/trust.tsx";

/** A component that shows a view. */
export type ViewComponent = () => JSX.Element;

/** A view: where it is, and what it shows. */
export interface View {
  /** The name in the page's address: lower-case letters and `-`. */
  readonly path: string;
  readonly title: string;
  /** The view's component, which is loaded when the view is first shown. */
  readonly load: () => Promise<ViewComponent>;
  /** Whether the navigation lists the view. */
  readonly listed: boolean;
}

/** All views. The first one is shown at first, so it is part of the first load. */
export const views: readonly View[] = [
  { path: "trust", title: "Trust", load: async () => TrustView, listed: true },
  {
    path: "accounts",
    title: "Accounts",
    load: async () => (await import("./views/accounts.tsx")).AccountsView,
    listed: true,
  },
  {
    path: "balances",
    title: "Balances",
    load: async () => (await import("./views/balances.tsx")).BalancesView,
    listed: true,
  },
  {
    path: "assets",
    title: "Assets",
    load: async () => (await import("./views/assets.tsx")).AssetsView,
    listed: true,
  },
  {
    path: "data-plaza",
    title: "DataPlaza",
    load: async () => (await import("./views/data-plaza.tsx")).DataPlazaView,
    listed: true,
  },
  {
    path: "contracts",
    title: "Contracts",
    load: async () => (await import("./views/contracts.tsx")).ContractsView,
    listed: true,
  },
  {
    path: "explorer",
    title: "Explorer",
    load: async () => (await import("./views/explorer.tsx")).ExplorerView,
    listed: true,
  },
  {
    path: "components",
    title: "Components",
    load: async () => (await import("./views/components.tsx")).ComponentsView,
    listed: false,
  },
];

/** What is known about a view's component: the component, or that it could not be loaded. */
export type LoadedView = ViewComponent | "loading" | "failed";

const loaded = new Map<string, Signal<LoadedView>>();

/** The component of a view, which is loaded now if it is not loaded yet. */
export function componentOf({ path, load }: View): LoadedView {
  const known = loaded.get(path);
  if (known !== undefined) return known.value;
  const state: Signal<LoadedView> = signal("loading");
  loaded.set(path, state);
  load().then(
    (component) => (state.value = component),
    () => (state.value = "failed"),
  );
  return state.value;
}
