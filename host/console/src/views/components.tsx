/** Shows the page's components in their states, so that a change can be looked at. */
import { useSignal } from "@preact/signals";
import { fromHex } from "@pruntime/core/bytes";
import type { JSX } from "preact";
import { AccountLabel } from "../components/account.tsx";
import { Bars } from "../components/bars.tsx";
import {
  Badge,
  Button,
  Empty,
  Loading,
  Notice,
  Panel,
  Select,
  Table,
  TextInput,
} from "../components/basics.tsx";
import { Copyable } from "../components/copy.tsx";
import { JsonTree } from "../components/json-tree.tsx";
import { Steps } from "../components/steps.tsx";
import { developmentAccounts } from "../session/accounts.ts";
import type { OwnCommand } from "../session/commands.ts";
import { VerdictPanel } from "./trust.tsx";
import { verdictOf } from "./verdict.ts";

const fresh = { kind: "fresh", ageMs: 3_000 } as const;
const live = { kind: "live" } as const;
const verdicts = [
  verdictOf({ contact: live, freshness: fresh, kind: "sgx-dcap", from: "own-machine" }),
  verdictOf({ contact: live, freshness: fresh, kind: "sgx-dcap", from: "server" }),
  verdictOf({ contact: live, freshness: fresh, kind: "simulated", from: "own-machine" }),
  verdictOf({ contact: live, freshness: { kind: "locked", ageMs: 130_000 }, kind: "tdx", from: "server" }),
  verdictOf({
    contact: { kind: "refused", reason: "The policy rejects this worker: measurements: not in the list." },
    freshness: fresh,
    kind: undefined,
    from: undefined,
  }),
];

const begun: OwnCommand = {
  id: 0,
  label: "Balances: Transfer",
  sender: "Alice",
  receiptKey: "",
  reached: "begun",
  blockNumber: 0,
  blockHash: "",
  status: "",
  failure: "",
  atMs: 0,
};
const commands: readonly OwnCommand[] = [
  begun,
  { ...begun, reached: "final", blockNumber: 12 },
  { ...begun, reached: "executed", blockNumber: 12, status: "Ok" },
  { ...begun, reached: "executed", blockNumber: 12, status: "InsufficientBalance" },
  { ...begun, reached: "sent", failure: "The chain did not accept the transaction." },
];

/** The view. These examples are not about any worker. */
export function ComponentsView(): JSX.Element {
  const text = useSignal("");
  return (
    <>
      <Notice tone="quiet" title="Examples only.">
        Nothing on this page is about a worker.
      </Notice>
      <Panel title="Verdicts">
        {verdicts.map((verdict) => (
          <VerdictPanel key={verdict.title} verdict={verdict} />
        ))}
      </Panel>
      <Panel title="A command's life">
        {commands.map((command) => (
          <Steps key={`${command.reached}${command.status}${command.failure}`} command={command} />
        ))}
      </Panel>
      <Panel title="Notices and badges" about="Failures look like failures.">
        {(["good", "quiet", "warn", "bad"] as const).map((tone) => (
          <Notice key={tone} tone={tone} title={`A ${tone} notice.`}>
            It says what is wrong and what to do. <Badge tone={tone} text={tone} />
          </Notice>
        ))}
        <Loading what="an answer" />
        <Empty>Nothing is here yet.</Empty>
      </Panel>
      <Panel title="Controls">
        <div class="fields">
          <TextInput
            label="Text"
            name="text"
            hint="a hint"
            value={text.value}
            onInput={(typed) => (text.value = typed)}
          />
          <TextInput
            label="Wrong"
            name="wrong"
            wrong="This must be a whole number."
            value="1a"
            onInput={() => {}}
          />
          <Select
            label="Choice"
            name="choice"
            value="a"
            options={[
              ["a", "the first"],
              ["b", "the second"],
            ]}
            choose={() => {}}
          />
        </div>
        <div class="row">
          <Button kind="primary">Primary</Button>
          <Button>Plain</Button>
          <Button disabled>Disabled</Button>
        </div>
      </Panel>
      <Panel title="Values">
        {developmentAccounts.slice(0, 3).map(({ name, id }) => (
          <p key={name}>
            <AccountLabel id={fromHex(id)} />
          </p>
        ))}
        <Copyable text={developmentAccounts[0]?.id ?? ""} />
        <Table
          caption="example"
          columns={["Name", "Value"]}
          rows={[
            ["one", 1],
            ["two", 2],
          ]}
        />
        <JsonTree value={{ balance: "1000", list: [{ id: 1, symbol: "ABC" }], none: null }} />
        <div class="charts">
          <Bars title="Block time" unit="s" values={[3, 3.1, 2.9, 6, 3, 3]} />
        </div>
      </Panel>
    </>
  );
}
