/** The form of a command: seals it, puts it on the chain, and shows how far it got. */
import { useSignal } from "@preact/signals";
import type { Via } from "@pruntime/client/chain";
import type { ChannelKind } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import type { BuiltIn, CommandInterface } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { Button, Prose, Select } from "../components/basics.tsx";
import { Steps } from "../components/steps.tsx";
import { chosen } from "../session/accounts.ts";
import { ownCommands, runCommand } from "../session/commands.ts";
import { kept } from "../session/kept.ts";
import { locked } from "../session/session.ts";
import { MessageFields } from "./message-fields.tsx";
import { useTypedMessage } from "./typed-message.ts";

const channels: readonly (readonly [ChannelKind, string])[] = [
  ["v2", "sealed (HPKE)"],
  ["v1", "sealed as in 2020"],
  ["plain", "plain: readable by anyone"],
];
const ways: readonly (readonly [Via | "usual", string])[] = [
  ["usual", "the chain's pallet, or else a remark"],
  ["pallet", "the pallet Execution"],
  ["remark", "a remark: on any chain"],
];
const isNumber = (value: unknown): value is number => typeof value === "number";

interface CommandFormProps {
  readonly contract: BuiltIn;
  /** The name of the command. */
  readonly name: string;
  readonly action: string;
  readonly initial?: Json;
  /** Whether the form offers JSON, channels and ways onto the chain. */
  readonly full?: boolean;
}

/** Shows the form of a command, and below it the latest command that it sent. */
export function CommandForm({
  contract,
  name,
  action,
  initial,
  full = false,
}: CommandFormProps): JSX.Element {
  const message = contract.commands.find((one) => one.name === name) as CommandInterface;
  const typed = useTypedMessage(contract, message, initial);
  const label = `${contract.name}: ${name}`;
  const latest = kept(`latest:${label}`, 0, isNumber);
  const [busy, kind, via] = [
    useSignal(false),
    useSignal<ChannelKind>("v2"),
    useSignal<Via | "usual">("usual"),
  ];
  const command = ownCommands.value.find(({ id }) => id === latest.value);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const json = typed.read();
    if (json === undefined || busy.value || locked.value !== undefined) return;
    busy.value = true;
    const way = via.value === "usual" ? undefined : via.value;
    const running = runCommand({ label, contractId: contract.id, json, kind: kind.value, via: way });
    latest.value = ownCommands.value[0]?.id ?? 0;
    await running;
    busy.value = false;
  };
  return (
    <form class="message" onSubmit={(event) => void submit(event)} data-command={name}>
      <p class="about">
        <Prose text={`${message.meaning} Sender: ${message.sender}.`} />
      </p>
      <MessageFields message={message} typed={typed} full={full} />
      {full && (
        <div class="fields">
          <Select
            label="Sealing"
            name="kind"
            value={kind.value}
            options={channels}
            choose={(one) => (kind.value = one)}
          />
          <Select
            label="Carried by"
            name="via"
            value={via.value}
            options={ways}
            choose={(one) => (via.value = one)}
          />
        </div>
      )}
      <div class="row">
        <Button kind="primary" submit disabled={busy.value || locked.value !== undefined}>
          {busy.value ? "Working…" : `${action} as ${chosen.value.name}`}
        </Button>
        {locked.value !== undefined && <span class="hint">{locked.value}</span>}
      </div>
      {command !== undefined && <Steps command={command} />}
    </form>
  );
}
