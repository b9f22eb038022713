/** The user's own commands in this tab, with their steps. */
import type { JSX } from "preact";
import { linkTo } from "../route.ts";
import { ownCommands } from "../session/commands.ts";
import { Empty, Panel } from "./basics.tsx";
import { Steps } from "./steps.tsx";

/** Lists the commands for a contract. @param contract the contract's name; all contracts if absent */
export function History({ contract }: { readonly contract?: string }): JSX.Element {
  const commands = ownCommands.value.filter(
    ({ label }) => contract === undefined || label.startsWith(`${contract}:`),
  );
  return (
    <Panel title="Your commands in this tab">
      {commands.length === 0 ? (
        <Empty>None yet. A command that you send appears here, with each step.</Empty>
      ) : (
        <ul class="history">
          {commands.map((command) => (
            <li key={command.id}>
              <b>{command.label}</b> as {command.sender},{" "}
              <time dateTime={new Date(command.atMs).toISOString()}>
                {new Date(command.atMs).toLocaleTimeString()}
              </time>{" "}
              {command.receiptKey !== "" && (
                <a href={linkTo("explorer", { find: command.receiptKey })}>receipt</a>
              )}
              <Steps command={command} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
