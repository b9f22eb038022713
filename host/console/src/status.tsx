/** Shows the worker's status, and what vouches for each value. */
import type { JSX } from "preact";
import { rowsOf, type Shown } from "./status-rows.ts";

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
              <td class="value">{value}</td>
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
