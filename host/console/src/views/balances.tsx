/** The view of native balances: the private balance, a transfer, and the user's own commands. */
import { balances as typed } from "@pruntime/client/contracts/balances";
import { balances } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { AskedView, useAsked } from "../components/asked.tsx";
import { Button, Panel } from "../components/basics.tsx";
import { History } from "../components/history.tsx";
import { CommandForm } from "../schema-form/command-form.tsx";
import { chosen } from "../session/accounts.ts";

/** Shows what the chosen account has, and sends it to others. */
export function BalancesView(): JSX.Element {
  const balance = useAsked("balance", () => typed.freeBalance(chosen.value.id), true);
  const total = useAsked("total", () => typed.totalIssuance(), false);
  return (
    <>
      <Panel
        title={`Balance of ${chosen.value.name}`}
        about="Only this account can read its balance. The request is signed by it and sealed to the worker."
        actions={<Button onClick={balance.again}>Refresh</Button>}
      >
        <AskedView
          what="balance"
          asking={balance}
          show={(value) => (
            <p class="amount" id="balance">
              {grouped(value)}
            </p>
          )}
        />
      </Panel>
      <Panel title="Send">
        <CommandForm contract={balances} name="Transfer" action="Send" />
      </Panel>
      <History contract="Balances" />
      <Panel title="All balances together" about="Anyone may read the total.">
        <AskedView what="total" asking={total} show={(value) => <p class="amount">{grouped(value)}</p>} />
      </Panel>
    </>
  );
}

/** An amount with a thin space between each three digits. */
export function grouped(amount: bigint): string {
  return String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
}
