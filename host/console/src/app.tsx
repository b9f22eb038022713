/** The frame around every view: navigation, the chosen account, the state of the worker, and a footer. */

import { fromHex } from "@pruntime/core/bytes";
import { version } from "@pruntime/core/version";
import type { JSX } from "preact";
import { Identicon } from "./components/account.tsx";
import { Button, Loading, Notice } from "./components/basics.tsx";
import { Copyable } from "./components/copy.tsx";
import { linkTo, route } from "./route.ts";
import { chosen, chosenName, developmentAccounts } from "./session/accounts.ts";
import { contact, freshness, verified } from "./session/session.ts";
import { verdictOf } from "./views/verdict.ts";
import { componentOf, type View, views } from "./views.ts";

/** The page. */
export function App(): JSX.Element {
  const view = views.find(({ path }) => path === route.value.view) ?? views[0];
  const state = stateOf();
  return (
    <div class={`frame ${state.tone}`}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <a class="brand" href={linkTo("trust")}>
          pruntime
        </a>
        <nav aria-label="views">
          {views
            .filter(({ listed }) => listed)
            .map(({ path, title }) => (
              <a key={path} href={linkTo(path)} aria-current={path === view?.path ? "page" : undefined}>
                {title}
              </a>
            ))}
        </nav>
        <AccountChoice />
      </header>
      <StateBar state={state} />
      <main id="main" tabIndex={-1}>
        <h1 class="visually-hidden">{view?.title}</h1>
        {view !== undefined && <Shown key={view.path} view={view} />}
      </main>
      <Footer />
      <datalist id="known-accounts">
        {developmentAccounts.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}

function Shown({ view }: { readonly view: View }): JSX.Element {
  const Component = componentOf(view);
  if (Component === "loading") return <Loading what={view.title} />;
  if (Component === "failed")
    return (
      <Notice tone="bad" title="This view could not be loaded.">
        The page's server does not answer.{" "}
        <Button onClick={() => globalThis.location.reload()}>Load the page again</Button>
      </Notice>
    );
  return <Component />;
}

function stateOf(): ReturnType<typeof verdictOf> {
  const known = verified.value;
  return verdictOf({
    contact: contact.value,
    freshness: freshness.value,
    kind: known?.client.attested?.authentic.kind,
    from: known?.trust.from,
  });
}

/** The verdict in one line, on every view, with the age of the latest block. */
function StateBar({ state }: { readonly state: ReturnType<typeof verdictOf> }): JSX.Element {
  const { ageMs } = freshness.value;
  const finalized = verified.value?.status.finalized;
  return (
    <div class={`state ${state.tone}`}>
      <a href={linkTo("trust")}>{state.title}</a>
      {finalized !== undefined && finalized !== null && <span>block {finalized.number}</span>}
      {ageMs !== undefined && <span id="age">{Math.round(ageMs / 1_000)} s old</span>}
    </div>
  );
}

function AccountChoice(): JSX.Element {
  return (
    <label class="who">
      <Identicon id={fromHex(chosen.value.id)} />
      <span class="visually-hidden">Act as</span>
      <select
        name="account"
        value={chosenName.value}
        onChange={(event) => (chosenName.value = event.currentTarget.value)}
      >
        {developmentAccounts.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Footer(): JSX.Element {
  const measurement = verified.value?.status.measurement;
  return (
    <footer>
      <span>pruntime {version}</span>
      {measurement !== undefined && (
        <span>
          measurement <Copyable text={measurement} />
        </span>
      )}
      <a href="./docs">REST interface</a>
      <a href={linkTo("components")}>Components</a>
    </footer>
  );
}
