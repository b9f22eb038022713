/** A form of the two that this page has: who, which contract, which JSON, how sealed; and what came of it. */
import { useSignal } from "@preact/signals";
import type { ChannelKind } from "@pruntime/core/channel";
import { type Json, parseJson } from "@pruntime/core/json";
import type { ComponentChildren, JSX } from "preact";
import type { Example } from "./examples.ts";
import { reasonOf } from "./worker.ts";

/** What a form was filled with. */
export interface Filled {
  readonly account: string;
  readonly contract: number;
  readonly value: Json;
  readonly kind: ChannelKind;
}

interface FormProps {
  readonly title: string;
  readonly accounts: readonly string[];
  readonly examples: readonly Example[];
  readonly action: string;
  /** Does it, telling how it goes; answers what to show. */
  readonly submit: (filled: Filled, tell: (line: string) => void) => Promise<string>;
  readonly children?: ComponentChildren;
}

const kinds: readonly (readonly [ChannelKind, string])[] = [
  ["v2", "sealed (HPKE)"],
  ["v1", "sealed as in 2020"],
  ["plain", "plain: everybody may read it"],
];

export function Form({ title, accounts, examples, action, submit, children }: FormProps): JSX.Element {
  const [account, kind, result, busy] = [
    useSignal(accounts[0] ?? ""),
    useSignal<ChannelKind>("v2"),
    useSignal(""),
    useSignal(false),
  ];
  const [contract, text] = [useSignal(examples[0]?.contract ?? 0), useSignal(examples[0]?.json ?? "")];
  const id = title.toLowerCase().replace(/\W+/g, "-");

  async function run(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    result.value = "";
    try {
      const filled = {
        account: account.value,
        contract: contract.value,
        value: parseJson(text.value),
        kind: kind.value,
      };
      result.value = await submit(filled, (line) => (result.value = line));
    } catch (error) {
      result.value = `refused: ${reasonOf(error)}`;
    }
    busy.value = false;
  }

  function take(label: string): void {
    const example = examples.find((candidate) => candidate.label === label);
    if (example === undefined) return;
    contract.value = example.contract;
    text.value = example.json;
  }

  return (
    <section>
      <h2>{title}</h2>
      <form onSubmit={(event) => void run(event)}>
        <label>
          example
          <select onChange={(event) => take(event.currentTarget.value)}>
            {examples.map(({ label }) => (
              <option key={label}>{label}</option>
            ))}
          </select>
        </label>
        <label>
          as
          <select value={account.value} onChange={(event) => (account.value = event.currentTarget.value)}>
            {accounts.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          over
          <select
            value={kind.value}
            onChange={(event) => (kind.value = event.currentTarget.value as ChannelKind)}
          >
            {kinds.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          contract
          <input
            type="number"
            min={0}
            value={contract.value}
            onInput={(event) => (contract.value = event.currentTarget.valueAsNumber)}
          />
        </label>
        {children}
        <label class="wide">
          JSON
          <textarea
            rows={3}
            spellcheck={false}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={busy.value} id={`${id}-go`}>
          {busy.value ? "working…" : action}
        </button>
      </form>
      <output id={`${id}-result`}>{result.value}</output>
    </section>
  );
}
