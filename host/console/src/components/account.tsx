/** Shows accounts: a pattern that is easy to compare, a name where there is one, and the address. */
import { ss58Address } from "@pruntime/client";
import { toHex } from "@pruntime/core/bytes";
import type { JSX } from "preact";
import { nameOf } from "../session/accounts.ts";
import { Copyable } from "./copy.tsx";

/** A pattern of an account: five columns, the last two of which mirror the first two. */
export function Identicon({ id }: { readonly id: Uint8Array }): JSX.Element {
  const hue = Math.round(((id[0] ?? 0) * 360) / 256);
  const cells = Array.from({ length: 15 }, (_, at) => (id[1 + at] ?? 0) % 2 === 0);
  return (
    <svg class="identicon" viewBox="0 0 5 5" width="20" height="20" aria-hidden="true">
      {cells.flatMap((filled, at) => {
        const [column, row] = [Math.floor(at / 5), at % 5];
        const columns = column === 2 ? [2] : [column, 4 - column];
        return filled
          ? columns.map((x) => (
              <rect key={`${x}-${row}`} x={x} y={row} width="1" height="1" fill={`hsl(${hue} 55% 50%)`} />
            ))
          : [];
      })}
    </svg>
  );
}

/** An account with its pattern, name and address. */
export function AccountLabel({ id }: { readonly id: Uint8Array }): JSX.Element {
  const name = nameOf(id);
  return (
    <span class="account" title={toHex(id)}>
      <Identicon id={id} />
      {name !== undefined && <b>{name}</b>}
      <Copyable text={ss58Address(id)} />
    </span>
  );
}
