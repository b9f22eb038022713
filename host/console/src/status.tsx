/** What the worker says of itself, and where each figure comes from. */
import type { GetStatus } from "@pruntime/api";
import type { JSX } from "preact";

/** Who vouches for a figure: the worker's evidence or its signature, either checked in this browser; or nobody but the host. */
type Source = "attested" | "signed" | "reported";

interface Row {
  readonly name: string;
  readonly value: string;
  readonly source: Source;
}

export function Status({ status, evidence }: { readonly status: GetStatus; readonly evidence: string }): JSX.Element {
  return (
    <section>
      <h2>Worker</h2>
      {status.provider === "simulated" && (
        <p class="warning" role="note">
          Simulated: no TEE stands behind this worker. It protects nothing from the machine it runs on: anybody can make its
          evidence.
        </p>
      )}
      <table>
        <tbody>
          {rowsOf(status, evidence).map(({ name, value, source }) => (
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

function rowsOf(status: GetStatus, evidence: string): readonly Row[] {
  const signed = (name: string, value: string): Row => ({ name, value, source: "signed" });
  const time = Number(status.chain_time_ms);
  return [
    { name: "evidence", value: evidence, source: "attested" },
    signed("finalized block", block(status.finalized)),
    signed("executed block", block(status.dispatched)),
    signed("chain time", time === 0 ? "unknown" : new Date(time).toISOString()),
    signed(
      "authority set",
      status.authorities === null ? "–" : `${status.authorities.set_id} (${status.authorities.count} members)`,
    ),
    signed("state root", status.state_root),
    signed("genesis", status.genesis_hash),
    { name: "anchor", value: status.anchor, source: "attested" },
    signed("measurement", status.measurement),
    { name: "identity key", value: status.public_key, source: "attested" },
    { name: "served from", value: globalThis.location.origin, source: "reported" },
  ];
}

function block(name: GetStatus["finalized"]): string {
  return name === null ? "–" : `${name.number}  ${name.hash}`;
}
