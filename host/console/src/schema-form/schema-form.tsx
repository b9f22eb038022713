/** Draws the form of a schema. Every name in it is text of a contract. */
import { visibleText } from "@pruntime/core/bytes";
import { type Member, matchSchema, type Schema } from "@pruntime/interfaces";
import type { ComponentChildren, JSX } from "preact";
import { Button, Select, TextInput } from "../components/basics.tsx";
import { type Draft, draftOf, formLimits } from "./draft.ts";

/** A place in a draft, and how to change it. */
interface PartProps {
  readonly schema: Schema;
  readonly label: string;
  /** The path from the root of the draft, as a JSON pointer. */
  readonly at: string;
  readonly draft: Draft | undefined;
  readonly change: (draft: Draft) => void;
  /** The path and the reason of what is wrong. */
  readonly wrong: { readonly at: string; readonly reason: string } | undefined;
}

/** The controls for one value of a schema, and for the values in it. */
export function SchemaPart(props: PartProps): JSX.Element | null {
  const { schema } = props;
  const line = (hint: string, numeric = false) => <Line {...props} hint={hint} numeric={numeric} />;
  return matchSchema<JSX.Element | null>(schema, {
    unit: () => null,
    bool: () => <Check {...props} />,
    small: (integer) => line(`a whole number (${integer})`, true),
    large: (integer) => line(`a whole number (${integer})`, true),
    account: () => line("an account: an address, 64 hex digits, or a name such as Bob"),
    text: (max) => line(max === undefined ? "text" : `text, at most ${max} characters`),
    bytes: ({ length, max }) => line(bytesHint(length, max)),
    option: (of) => <Optional {...props} of={of} />,
    list: (of, max) => <Entries {...props} of={of} max={max} />,
    map: (_key, value, max) => <MapEntries {...props} of={value} max={max} />,
    struct: (fields) => <Struct {...props} fields={fields} />,
    variant: (cases) => <Variant {...props} cases={cases} />,
  });
}

function bytesHint(length: number | undefined, max: number | undefined): string {
  if (length !== undefined) return `${length} bytes as ${2 * length} hex digits`;
  return max === undefined ? "bytes as hex digits" : `at most ${max} bytes, as hex digits`;
}

/** The label of a field: its name in the interface, with spaces and a capital. */
function labelOf(name: string): string {
  const words = visibleText(name).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Line(props: PartProps & { readonly hint: string; readonly numeric: boolean }): JSX.Element {
  const { label, at, draft, change, wrong, hint, numeric } = props;
  return (
    <TextInput
      label={labelOf(label)}
      name={at}
      hint={hint}
      numeric={numeric}
      list={props.schema === "account" ? "known-accounts" : ""}
      wrong={wrong?.at === at ? visibleText(wrong.reason) : undefined}
      value={typeof draft === "string" ? draft : ""}
      onInput={change}
    />
  );
}

function Check({ label, at, draft, change }: PartProps): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        name={at}
        checked={draft === true}
        onChange={(event) => change(event.currentTarget.checked)}
      />{" "}
      {labelOf(label)}
    </label>
  );
}

function Group({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <fieldset>
      <legend>{labelOf(label)}</legend>
      {children}
    </fieldset>
  );
}

function Optional({ of, ...props }: PartProps & { readonly of: Schema }): JSX.Element {
  const { label, draft, change } = props;
  const list = isList(draft) ? draft : [];
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={list.length > 0}
          onChange={(event) => change(event.currentTarget.checked ? [draftOf(of, undefined)] : null)}
        />{" "}
        {labelOf(label)} (optional)
      </label>
      {list.length > 0 && (
        <SchemaPart {...props} schema={of} draft={list[0]} change={(inner) => change([inner])} />
      )}
    </>
  );
}

interface EntriesProps extends PartProps {
  readonly of: Schema;
  readonly max: number | undefined;
}

function Entries({ of, max, ...props }: EntriesProps): JSX.Element {
  const { label, draft, change, at } = props;
  const list = isList(draft) ? draft : [];
  const isFull = list.length >= Math.min(max ?? formLimits.maxEntries, formLimits.maxEntries);
  return (
    <Group label={label}>
      {list.map((entry, i) => (
        <div class="entry" key={i}>
          <SchemaPart
            {...props}
            schema={of}
            label={`${label} ${i + 1}`}
            at={`${at}/${i}`}
            draft={entry}
            change={(changed) => change(list.with(i, changed))}
          />
          <Button onClick={() => change(list.toSpliced(i, 1))}>Remove</Button>
        </div>
      ))}
      <Button disabled={isFull} onClick={() => change([...list, draftOf(of, undefined)])}>
        Add
      </Button>
    </Group>
  );
}

function MapEntries({ of, max, ...props }: EntriesProps): JSX.Element {
  const { label, draft, change, at } = props;
  const list = isList(draft) ? draft : [];
  const isFull = list.length >= Math.min(max ?? formLimits.maxEntries, formLimits.maxEntries);
  return (
    <Group label={label}>
      {list.map((entry, i) => {
        const [key = "", value = ""] = isList(entry) ? entry : [];
        const name = typeof key === "string" ? key : "";
        return (
          <div class="entry" key={i}>
            <TextInput
              label="key"
              name={`${at}/${i}/key`}
              value={name}
              onInput={(typed) => change(list.with(i, [typed, value]))}
            />
            <SchemaPart
              {...props}
              schema={of}
              label="value"
              at={`${at}/${name}`}
              draft={value}
              change={(changed) => change(list.with(i, [name, changed]))}
            />
            <Button onClick={() => change(list.toSpliced(i, 1))}>Remove</Button>
          </div>
        );
      })}
      <Button disabled={isFull} onClick={() => change([...list, ["", draftOf(of, undefined)]])}>
        Add
      </Button>
    </Group>
  );
}

function Struct({ fields, ...props }: PartProps & { readonly fields: readonly Member[] }): JSX.Element {
  const { label, draft, change, at } = props;
  const values = typeof draft === "object" && draft !== null && !isList(draft) ? draft : {};
  const inner = (
    <>
      {fields.map(({ name, type }) => (
        <SchemaPart
          {...props}
          key={name}
          schema={type}
          label={name}
          at={`${at}/${name}`}
          draft={Object.hasOwn(values, name) ? values[name] : undefined}
          change={(changed) => change(Object.fromEntries([...Object.entries(values), [name, changed]]))}
        />
      ))}
    </>
  );
  return label === "" ? inner : <Group label={label}>{inner}</Group>;
}

function Variant({ cases, ...props }: PartProps & { readonly cases: readonly Member[] }): JSX.Element {
  const { label, draft, change, at } = props;
  const [kind, content] = isList(draft) ? draft : [];
  const chosen = cases.find(({ name }) => name === kind);
  const take = (name: string): void => {
    const type = cases.find((one) => one.name === name)?.type ?? "unit";
    change([name, draftOf(type, undefined)]);
  };
  const only = cases.length === 1 ? cases[0] : undefined;
  if (only !== undefined && chosen === only)
    return (
      <SchemaPart
        {...props}
        schema={only.type}
        label={`${label} ${only.name}`}
        at={`${at}/${only.name}`}
        draft={content}
        change={(changed) => change([only.name, changed])}
      />
    );
  return (
    <Group label={label}>
      <Select
        label="Kind"
        name={`${at}/kind`}
        value={chosen?.name ?? ""}
        options={cases.map(({ name }) => [name, visibleText(name)])}
        choose={take}
      />
      {chosen !== undefined && (
        <SchemaPart
          {...props}
          schema={chosen.type}
          label={chosen.name}
          at={`${at}/${chosen.name}`}
          draft={content}
          change={(changed) => change([chosen.name, changed])}
        />
      )}
    </Group>
  );
}

/** Exists because `Array.isArray` does not narrow readonly arrays. */
function isList(draft: Draft | undefined): draft is readonly Draft[] {
  return Array.isArray(draft);
}
