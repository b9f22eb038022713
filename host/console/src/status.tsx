/** Shows the worker's status, and what vouches for each value. */
import type { GetStatus } from "@pruntime/api";
import type { TrustedWorker } from "@pruntime/client";
import { toHex } from "@pruntime/core/bytes";
import type { JSX } from "preact";

/**
 * What vouches for a value: the worker's evidence, the worker's signature (this browser has checked both),
 * or only the host.
 */
type Source = "attested" | "signed" | "reported";

interface Row {
  readonly name: string;
  readonly value: string;
  readonly source: Source;
}

interface StatusProps {
  readonly status: GetStatus;
  readonly worker: TrustedWorker;
  /** The verified evidence, in one line. */
  readonly evidence: string;
}

/** A table of the worker's status and keys. */
export function Status({ status, worker, evidence }: StatusProps): JSX.Element {
  return (
    <section>
      <h2>Worker</h2>
      {status.provider === "simulated" && (
        <p class="warning" role="note">
          Simulated: this worker does not run in a TEE. It protects nothing from its machine: anyone can make
          its evidence.
        </p>
      )}
      <table>
        <tbody>
          {rowsOf({ status, worker, evidence }).map(({ name, value, source }) => (
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

function rowsOf({ status, worker, evidence }: StatusProps): readonly Row[] {
  const attested = (name: string, value: string): Row => ({ name, value, source: "attested" });
  const signed = (name: string, value: string): Row => ({ name, value, source: "signed" });
  const time = Number(status.chain_time_ms);
  return [
    attested("evidence", evidence),
    signed("finalized block", block(status.finalized)),
    signed("executed block", block(status.dispatched)),
    signed("chain time", time === 0 ? "unknown" : new Date(time).toISOString()),
    signed(
      "authority set",
      status.authorities === null
        ? "–"
        : `${status.authorities.set_id} (${status.authorities.count} members)`,
    ),
    signed("state root", status.state_root),
    attested("genesis", toHex(worker.genesisHash)),
    attested("anchor", toHex(worker.anchor)),
    signed("measurement", status.measurement),
    attested("identity key", toHex(worker.publicKey)),
    { name: "served from", value: globalThis.location.origin, source: "reported" },
  ];
}

function block(name: GetStatus["finalized"]): string {
  return name === null ? "–" : `${name.number}  ${name.hash}`;
}
