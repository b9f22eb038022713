/** Shows JSON of a contract: lists of objects as tables, everything else as a tree. */
import { visibleText } from "@pruntime/core/bytes";
import { canonicalJson, type Json } from "@pruntime/core/json";
import type { JSX } from "preact";
import { Table } from "./basics.tsx";
import { Copyable } from "./copy.tsx";

/**
 * The part of an answer that is shown as tables and trees.
 * @limit levels, rows, columns
 * @source chosen: more is not readable
 * @past the rest is shown as JSON text
 */
const treeLimits = { maxLevels: 8, maxRows: 200, maxColumns: 8 };

type JsonMap = { readonly [key: string]: Json | undefined };

/** Shows a value. */
export function JsonTree({
  value,
  level = 0,
}: {
  readonly value: Json;
  readonly level?: number;
}): JSX.Element {
  if (value === null || typeof value !== "object") return <Scalar value={value} />;
  if (level >= treeLimits.maxLevels) return <code>{visibleText(canonicalJson(value))}</code>;
  if (Array.isArray(value)) return <List list={value as readonly Json[]} level={level} />;
  const entries = Object.entries(value as JsonMap);
  if (entries.length === 0) return <span class="hint">nothing</span>;
  return (
    <dl class="facts">
      {entries.slice(0, treeLimits.maxRows).map(([name, inner]) => (
        <div key={name}>
          <dt>{visibleText(name)}</dt>
          <dd>
            <JsonTree value={inner ?? null} level={level + 1} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Scalar({ value }: { readonly value: string | number | bigint | boolean | null }): JSX.Element {
  if (value === null) return <span class="hint">none</span>;
  const text = String(value);
  return text.length > 40 ? <Copyable text={text} /> : <span class="value">{visibleText(text)}</span>;
}

function List({ list, level }: { readonly list: readonly Json[]; readonly level: number }): JSX.Element {
  if (list.length === 0) return <span class="hint">nothing</span>;
  const shown = list.slice(0, treeLimits.maxRows);
  const columns = columnsOf(shown);
  const rest = list.length > shown.length ? <p class="hint">{list.length - shown.length} more</p> : null;
  if (columns === undefined)
    return (
      <>
        <ul class="plain">
          {shown.map((one, at) => (
            <li key={at}>
              <JsonTree value={one} level={level + 1} />
            </li>
          ))}
        </ul>
        {rest}
      </>
    );
  const rows = shown.map((one) =>
    columns.map((column) => (
      <JsonTree key={column} value={(one as JsonMap)[column] ?? null} level={level + 1} />
    )),
  );
  return (
    <>
      <Table caption="answer" columns={columns.map(visibleText)} rows={rows} />
      {rest}
    </>
  );
}

/** The columns of a list whose entries are all objects; `undefined` for another list. */
function columnsOf(list: readonly Json[]): readonly string[] | undefined {
  const names = new Set<string>();
  for (const one of list) {
    if (one === null || typeof one !== "object" || Array.isArray(one)) return undefined;
    for (const name of Object.keys(one)) names.add(name);
  }
  return names.size === 0 || names.size > treeLimits.maxColumns ? undefined : [...names];
}
