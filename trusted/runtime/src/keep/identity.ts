/**
 * The record of a worker's secrets. The record also contains the anchor of the only chain on which the worker
 * uses the secrets, so the record is stored only when the worker has a chain. If a host could use the secrets
 * on a second chain, the host could write that chain's policy and have the secrets handed over to the host's
 * code.
 */
import { decodeLineage, encodeLineage, type Lineage } from "@pruntime/core/attestation";
import { decodeAll, encode } from "@pruntime/core/scale";
import { rulesNumber } from "@pruntime/core/version";
import type { Secrets } from "../identity.ts";
import { type KeptRecord, type RecordKind, recordOf } from "./record.ts";

/** A worker's secrets, and the anchor and the rules number to which the secrets are bound. */
export interface KeptIdentity {
  readonly secrets: Secrets;
  /** The anchor of the chain, 32 bytes. */
  readonly anchor: Uint8Array;
  /** The rules number of the program that stored the record. The anchor depends on this number. */
  readonly rules: number;
  /** The hash of the program that stored the record, 32 bytes. */
  readonly measurement: Uint8Array;
  /** The other code that has held the keys. */
  readonly lineage: Lineage;
}

const version = 4;

/**
 * `4 ‖ signing secret(32) ‖ ECDH secret(32) ‖ state key(32) ‖ anchor(32) ‖ measurement(32) ‖
 * lineage Vec<u8> ‖ rules number u32`.
 */
export const identityRecord: RecordKind<KeptIdentity> = {
  kind: "identity",
  write: (kept) => ({
    name: "",
    bytes: encode(kept, (w, { secrets: { signing, ecdhSecret, stateKey }, ...rest }) => {
      w.u8(version).raw(signing).raw(ecdhSecret).raw(stateKey).raw(rest.anchor);
      w.raw(rest.measurement).vecU8(encodeLineage(rest.lineage)).u32(rest.rules);
    }),
  }),
  read: ({ bytes }) =>
    decodeAll(bytes, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Identity", have);
      const hash = () => r.take(32).slice();
      return {
        secrets: { signing: hash(), ecdhSecret: hash(), stateKey: hash() },
        anchor: hash(),
        measurement: hash(),
        lineage: decodeLineage(r.vecU8()),
        rules: r.u32(),
      };
    }),
};

/** The identity record of a worker that runs the program with this hash. */
export function identityOfWorker(
  { secrets, lineage }: Pick<KeptIdentity, "secrets" | "lineage">,
  measurement: Uint8Array,
  anchor: Uint8Array,
): KeptRecord {
  return recordOf(identityRecord, { secrets, anchor, rules: rulesNumber, measurement, lineage });
}
