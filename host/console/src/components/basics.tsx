/** The page's small building blocks: panels, notices, badges, fields, buttons and tables. */
import { visibleText } from "@pruntime/core/bytes";
import type { ComponentChildren, JSX } from "preact";

/** Text of another party, such as a worker, a node or a contract. Control characters are shown as escapes. */
export function Foreign({ text }: { readonly text: string }): JSX.Element {
  return <>{text.split("\n").map(visibleText).join("\n")}</>;
}

/** A sentence in which backticks mark names, such as those in an interface. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split("`").map(visibleText);
  return <>{parts.map((part, at) => (at % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}

interface PanelProps {
  readonly title: string;
  /** A sentence that says what the panel is for. */
  readonly about?: ComponentChildren;
  /** Controls beside the title. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A titled part of a view. */
export function Panel({ title, about, actions, children }: PanelProps): JSX.Element {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{title}</h2>
        {actions}
      </div>
      {about !== undefined && <p class="about">{about}</p>}
      {children}
    </section>
  );
}

/** The tone of a notice or badge. */
export type Tone = "good" | "quiet" | "warn" | "bad";

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** A message that stands out. Failures interrupt a screen reader. */
export function Notice({ tone, title, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {title !== undefined && <strong>{title} </strong>}
      {children}
    </div>
  );
}

/** A word that classifies what stands beside it. */
export function Badge({ tone, text }: { readonly tone: Tone; readonly text: string }): JSX.Element {
  return <span class={`badge ${tone}`}>{text}</span>;
}

/** Says that something is loading. */
export function Loading({ what }: { readonly what: string }): JSX.Element {
  return (
    <p class="loading" role="status">
      Loading {what}…
    </p>
  );
}

/** Says that a list has no entries, and how the first one comes about. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Why the value does not fit. */
  readonly wrong?: string | undefined;
  readonly children: ComponentChildren;
}

/** A labelled control. */
export function Field({ label, hint, wrong, children }: FieldProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span class="label">{label}</span>
      {children}
      {hint !== undefined && <span class="hint">{hint}</span>}
      {wrong !== undefined && (
        <span class="wrong" role="alert">
          {wrong}
        </span>
      )}
    </label>
  );
}

interface TextInputProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
  /** Identifier for tests and scripts. */
  readonly name: string;
  readonly list?: string;
  readonly numeric?: boolean;
}

/** A labelled line of text. */
export function TextInput(props: TextInputProps): JSX.Element {
  const { label, value, onInput, hint, wrong, name, list, numeric = false } = props;
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      <input
        name={name}
        value={value}
        list={list}
        inputMode={numeric ? "numeric" : "text"}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={wrong !== undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Field>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly name: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly choose: (value: T) => void;
}

/** A labelled list of choices. */
export function Select<T extends string>({
  label,
  name,
  value,
  options,
  choose,
}: SelectProps<T>): JSX.Element {
  return (
    <Field label={label}>
      <select name={name} value={value} onChange={(event) => choose(event.currentTarget.value as T)}>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly kind?: "primary" | "plain";
  readonly submit?: boolean;
  readonly disabled?: boolean;
  readonly id?: string;
}

/** Something to click. `primary` marks the action that a form is for. */
export function Button({
  children,
  onClick,
  kind = "plain",
  submit = false,
  disabled = false,
  id,
}: ButtonProps): JSX.Element {
  return (
    <button type={submit ? "submit" : "button"} class={kind} disabled={disabled} id={id} onClick={onClick}>
      {children}
    </button>
  );
}

interface TableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table that scrolls sideways on narrow screens. */
export function Table({ caption, columns, rows }: TableProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll the table
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) => (
                <td key={at}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A list of names and values. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
