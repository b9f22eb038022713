/** A form with fields for account, contract, JSON and sealing, and with the result of its submission. */
import { type Signal, useSignal } from "@preact/signals";
import { visibleText } from "@pruntime/core/bytes";
import type { ChannelKind } from "@pruntime/core/channel";
import { type Json, parseJson } from "@pruntime/core/json";
import type { ComponentChildren, JSX } from "preact";
import type { Example } from "./examples.ts";
import { reasonOf } from "./worker.ts";

/** The values that the user entered. */
export interface Filled {
  readonly account: string;
  readonly contract: number;
  readonly value: Json;
  readonly kind: ChannelKind;
}

/** The differences between the page's forms. */
interface FormProps {
  readonly title: string;
  readonly accounts: readonly string[];
  readonly examples: readonly Example[];
  /** The button's text. */
  readonly action: string;
  /**
   * Submits the form and returns the text to show. Until then, the form shows the latest line passed to
   * `tell`.
   */
  readonly submit: (filled: Filled, tell: (line: string) => void) => Promise<string>;
  /** Additional fields of this form. */
  readonly children?: ComponentChildren;
}

const kinds: readonly (readonly [value: ChannelKind, label: string])[] = [
  ["v2", "sealed (HPKE)"],
  ["v1", "sealed as in 2020"],
  ["plain", "plain: readable by anyone"],
];

/** Shows the form, and the result of the latest submission below it. */
export function Form({ title, accounts, examples, action, submit, children }: FormProps): JSX.Element {
  const fields = useFields(accounts, examples);
  const { result, busy, run } = useSubmission(fields, submit);
  const id = title.toLowerCase().replace(/\W+/g, "-");
  return (
    <section>
      <h2>{title}</h2>
      <form onSubmit={(event) => void run(event)}>
        <Select label="example" options={examples.map(({ label }) => [label, label])} choose={fields.take} />
        <Select label="as" options={accounts.map((name) => [name, name])} {...bound(fields.account)} />
        <Select label="over" options={kinds} {...bound(fields.kind)} />
        <ContractInput contract={fields.contract} />
        {children}
        <JsonInput text={fields.text} />
        <button type="submit" disabled={busy.value} id={`${id}-go`}>
          {busy.value ? "working…" : action}
        </button>
      </form>
      <Result id={`${id}-result`} text={result.value} />
    </section>
  );
}

/** Shows the result of a submission, which contains text of the worker or of the node. */
export function Result({ id, text }: { readonly id: string; readonly text: string }): JSX.Element {
  return <output id={id}>{text.split("\n").map(visibleText).join("\n")}</output>;
}

/** The form's fields. They start with the first account and example. */
interface Fields {
  readonly account: Signal<string>;
  readonly contract: Signal<number>;
  readonly text: Signal<string>;
  readonly kind: Signal<ChannelKind>;
  /** Fills the form with the example of this label. */
  readonly take: (label: string) => void;
}

function useFields(accounts: readonly string[], examples: readonly Example[]): Fields {
  const account = useSignal(accounts[0] ?? "");
  const contract = useSignal(examples[0]?.contract ?? 0);
  const text = useSignal(examples[0]?.json ?? "");
  const kind = useSignal<ChannelKind>("v2");
  const take = (label: string): void => {
    const example = examples.find((candidate) => candidate.label === label);
    if (example === undefined) return;
    contract.value = example.contract;
    text.value = example.json;
  };
  return { account, contract, text, kind, take };
}

/** The state of a submission while it runs and afterwards. */
interface Submission {
  readonly result: Signal<string>;
  readonly busy: Signal<boolean>;
  readonly run: (event: Event) => Promise<void>;
}

function useSubmission(fields: Fields, submit: FormProps["submit"]): Submission {
  const [result, busy] = [useSignal(""), useSignal(false)];
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    result.value = "";
    try {
      result.value = await submit(filled(fields), (line) => (result.value = line));
    } catch (error) {
      result.value = `refused: ${reasonOf(error)}`;
    }
    busy.value = false;
  };
  return { result, busy, run };
}

function filled({ account, contract, text, kind }: Fields): Filled {
  return {
    account: account.value,
    contract: contract.value,
    value: parseJson(text.value),
    kind: kind.value,
  };
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly choose: (value: T) => void;
  readonly value?: T;
}

/** A labelled list of choices. */
export function Select<T extends string>({ label, options, choose, ...shown }: SelectProps<T>): JSX.Element {
  return (
    <label>
      {label}
      <select {...shown} onChange={(event) => choose(event.currentTarget.value as T)}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Makes a list of choices show a field's value, and store the selected value in the field. */
function bound<T extends string>(field: Signal<T>): Pick<SelectProps<T>, "value" | "choose"> {
  return { value: field.value, choose: (value) => (field.value = value) };
}

function ContractInput({ contract }: { readonly contract: Signal<number> }): JSX.Element {
  return (
    <label>
      contract
      <input
        type="number"
        min={0}
        value={contract.value}
        onInput={(event) => (contract.value = event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

function JsonInput({ text }: { readonly text: Signal<string> }): JSX.Element {
  return (
    <label class="wide">
      JSON
      <textarea
        rows={3}
        spellcheck={false}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
    </label>
  );
}
