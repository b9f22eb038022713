/** The view of contracts: a form for every command and request of the built-in contracts. */
import { builtIns } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { Panel, Prose } from "../components/basics.tsx";
import { History } from "../components/history.tsx";
import { linkTo, route } from "../route.ts";
import { CommandForm } from "../schema-form/command-form.tsx";
import { RequestForm } from "../schema-form/request-form.tsx";

/** The view. The address names the contract and the message. */
export function ContractsView(): JSX.Element {
  const { parameters } = route.value;
  const contract = builtIns.find(({ name }) => name === parameters.get("of")) ?? builtIns[2] ?? builtIns[0];
  if (contract === undefined) return <p class="empty">There are no contracts.</p>;
  const [kind, name] = (parameters.get("message") ?? "").split("/");
  const request = contract.requests.find((one) => kind === "ask" && one.name === name);
  const command = contract.commands.find((one) => kind === "send" && one.name === name);
  const first = contract.requests[0];
  const shown = request ?? (command === undefined ? first : undefined);
  const link = (what: "ask" | "send", one: string, isShown: boolean) => (
    <li key={one}>
      <a
        href={linkTo("contracts", { of: contract.name, message: `${what}/${one}` })}
        aria-current={isShown ? "true" : undefined}
      >
        {one}
      </a>
    </li>
  );
  return (
    <>
      <nav class="tabs" aria-label="contracts">
        {builtIns.map((one) => (
          <a
            key={one.id}
            href={linkTo("contracts", { of: one.name })}
            aria-current={one === contract ? "true" : undefined}
          >
            {one.name}
          </a>
        ))}
      </nav>
      <Panel title={`${contract.name}, contract ${contract.id}`} about={<Prose text={contract.meaning} />}>
        <div class="split">
          <nav aria-label="messages">
            <h3>Requests</h3>
            <ul class="plain">{contract.requests.map((one) => link("ask", one.name, one === shown))}</ul>
            {contract.commands.length > 0 && <h3>Commands</h3>}
            <ul class="plain">{contract.commands.map((one) => link("send", one.name, one === command))}</ul>
          </nav>
          <div>
            <h3>{(shown ?? command)?.name}</h3>
            {shown !== undefined && (
              <RequestForm key={`${contract.name}/${shown.name}`} contract={contract} name={shown.name} />
            )}
            {command !== undefined && (
              <CommandForm
                key={`${contract.name}/${command.name}`}
                contract={contract}
                name={command.name}
                action="Send"
                full
              />
            )}
          </div>
        </div>
      </Panel>
      <History contract={contract.name} />
    </>
  );
}
