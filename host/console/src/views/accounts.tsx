/** The view of accounts: which one the user acts as. */
import { fromHex } from "@pruntime/core/bytes";
import type { JSX } from "preact";
import { AccountLabel } from "../components/account.tsx";
import { Badge, Button, Notice, Panel, Table } from "../components/basics.tsx";
import { chosenName, developmentAccounts } from "../session/accounts.ts";
import { forgetAll } from "../session/kept.ts";

const remembered =
  "The chosen account, what you typed, answers and the receipt keys of your commands, until the tab is " +
  "closed. It never stores keys or the content of files.";

/** Lets the user choose an account, and forget what the tab remembers. */
export function AccountsView(): JSX.Element {
  const rows = developmentAccounts.map(({ name, id }) => [
    <AccountLabel key="account" id={fromHex(id)} />,
    name === chosenName.value ? (
      <Badge key="use" tone="good" text="you act as this account" />
    ) : (
      <Button key="use" onClick={() => (chosenName.value = name)}>
        Act as {name}
      </Button>
    ),
  ]);
  return (
    <>
      <Panel
        title="Development accounts"
        about="These accounts exist on every development chain. They sign without asking."
      >
        <Notice tone="warn">Their secret keys are public. Do not use them for anything of value.</Notice>
        <Table caption="development accounts" columns={["Account", "Use"]} rows={rows} />
      </Panel>
      <Panel title="What this tab remembers" about={remembered}>
        <Button onClick={forgetAll}>Forget everything</Button>
        {!globalThis.isSecureContext && (
          <p class="hint">
            This address is not a secure context, so the browser offers no encrypted storage and a limited
            clipboard.
          </p>
        )}
      </Panel>
    </>
  );
}
