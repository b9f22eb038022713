/** Shows the worker's status, and what vouches for each value. */
import { visibleText } from "@pruntime/core/bytes";
import type { JSX } from "preact";
import { rowsOf, type Shown } from "./status-rows.ts";

/** Says why the worker cannot be used. The reason may be text of the worker. */
export function Failure({ reason }: { readonly reason: string }): JSX.Element {
  return <p class="warning">The worker cannot be verified or reached: {visibleText(reason)}</p>;
}

/** A table of the worker's status and keys. */
export function Status(shown: Shown): JSX.Element {
  return (
    <section>
      <h2>Worker</h2>
      {shown.status.provider === "simulated" && (
        <p class="warning" role="note">
          Simulated: this worker does not run in a TEE. It protects nothing from its machine: anyone can make
          its evidence.
        </p>
      )}
      <table>
        <tbody>
          {rowsOf(shown).map(({ name, value, source }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="value">{visibleText(value)}</td>
              <td>
                <span class={`source ${source}`}>{source}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
