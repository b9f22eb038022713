/** What the worker says about itself, and what each figure rests on. */
import type { GetStatus } from "@pruntime/api";
import type { TrustedWorker } from "@pruntime/client";
import { toHex } from "@pruntime/core/bytes";
import type { JSX } from "preact";

/**
 * What a figure rests on: the worker's evidence, the worker's signature (this browser has checked both), or
 * only the host's word.
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
  /** What was verified, in one line. */
  readonly evidence: string;
}

/** The table of what is known about the worker. */
export function Status({ status, worker, evidence }: StatusProps): JSX.Element {
  return (
    <section>
      <h2>Worker</h2>
      {status.provider === "simulated" && (
        <p class="warning" role="note">
          Simulated: no TEE stands behind this worker. It protects nothing from the machine it runs on: anyone
          can make its evidence.
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
