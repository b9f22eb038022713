/** The view of assets: all assets, what the user holds, and the commands. */
import { useSignal } from "@preact/signals";
import { assets as typed } from "@pruntime/client/contracts/assets";
import { fromHex } from "@pruntime/core/bytes";
import { assets } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { AccountLabel } from "../components/account.tsx";
import { AskedView, useAsked } from "../components/asked.tsx";
import { Button, Empty, Foreign, Panel, Table } from "../components/basics.tsx";
import { History } from "../components/history.tsx";
import { CommandForm } from "../schema-form/command-form.tsx";
import { chosen } from "../session/accounts.ts";
import { grouped } from "./balances.tsx";

/** Lists assets, and has a form for each command. */
export function AssetsView(): JSX.Element {
  const list = useAsked("assets", () => typed.metadata(), false);
  return (
    <>
      <Panel
        title="Assets"
        about="The newest assets. The id identifies an asset; its symbol is only a label."
        actions={<Button onClick={list.again}>Refresh</Button>}
      >
        <AskedView
          what="list of assets"
          asking={list}
          show={(entries) =>
            entries.length === 0 ? (
              <Empty>There are no assets yet. Issue the first one below.</Empty>
            ) : (
              <Table
                caption="assets"
                columns={["Id", "Symbol", "Supply", "Owner", "You hold"]}
                rows={entries.map(({ id, symbol, totalSupply, owner }) => [
                  id,
                  <Foreign key="symbol" text={symbol} />,
                  <span key="supply" class="number">
                    {grouped(totalSupply)}
                  </span>,
                  <AccountLabel key="owner" id={owner} />,
                  <Holding key={`${id}-${chosen.value.name}`} id={id} />,
                ])}
              />
            )
          }
        />
      </Panel>
      <div class="columns">
        <Panel title="Issue">
          <CommandForm contract={assets} name="Issue" action="Issue" />
        </Panel>
        <Panel title="Transfer">
          <CommandForm contract={assets} name="Transfer" action="Transfer" />
        </Panel>
        <Panel title="Destroy">
          <CommandForm contract={assets} name="Destroy" action="Destroy" />
        </Panel>
      </div>
      <History contract="Assets" />
    </>
  );
}

/** How much of an asset the account holds. It is asked on a click, because each asset takes a query. */
function Holding({ id }: { readonly id: number }): JSX.Element {
  const shown = useSignal(false);
  return shown.value ? <Held id={id} /> : <Button onClick={() => (shown.value = true)}>Show</Button>;
}

function Held({ id }: { readonly id: number }): JSX.Element {
  const { asked } = useAsked(`asset ${id}`, () => typed.balance(id, fromHex(chosen.value.id)), true);
  const { answer, failure } = asked.value;
  if (answer !== undefined) return <span class="number">{grouped(answer.value)}</span>;
  return failure === undefined ? <span class="hint">asking…</span> : <Foreign text={failure} />;
}
