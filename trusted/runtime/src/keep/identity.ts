/**
 * The record of a worker's secrets. The record also contains the anchor of the only chain on which the worker
 * uses the secrets, so the record is stored only when the worker has a chain. If a host could use the secrets
 * on a second chain, the host could write that chain's policy and have the secrets handed over to the host's
 * code.
 */
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
}

const version = 3;

/** `3 ‖ signing secret(32) ‖ ECDH secret(32) ‖ state key(32) ‖ anchor(32) ‖ rules number u32`. */
export const identityRecord: RecordKind<KeptIdentity> = {
  kind: "identity",
  write: (kept) => ({
    name: "",
    bytes: encode(kept, (w, { secrets: { signing, ecdhSecret, stateKey }, anchor, rules }) => {
      w.u8(version).raw(signing).raw(ecdhSecret).raw(stateKey).raw(anchor).u32(rules);
    }),
  }),
  read: ({ bytes }) =>
    decodeAll(bytes, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Identity", have);
      const secret = () => r.take(32).slice();
      return {
        secrets: { signing: secret(), ecdhSecret: secret(), stateKey: secret() },
        anchor: secret(),
        rules: r.u32(),
      };
    }),
};

/** The identity record of a worker that runs this program. */
export function identityOfWorker(secrets: Secrets, anchor: Uint8Array): KeptRecord {
  return recordOf(identityRecord, { secrets, anchor, rules: rulesNumber });
}
