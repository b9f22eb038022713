/**
 * The record of a worker's secrets. It names the anchor of the one chain that the secrets are for, and is
 * not stored before the worker has a chain. If a host could use the same keys on a second chain, it could
 * write that chain's policy itself and have the keys handed over to code of its own.
 */
import { decodeAll, encode } from "@pruntime/core/scale";
import { rulesNumber } from "@pruntime/core/version";
import type { Secrets } from "../identity.ts";
import { type KeptRecord, type RecordKind, recordOf } from "./record.ts";

/** A worker's secrets and their chain. */
export interface KeptIdentity {
  readonly secrets: Secrets;
  /** The anchor of the chain, 32 bytes. */
  readonly anchor: Uint8Array;
  /** The rules number of the program that stored the record. The anchor depends on this number. */
  readonly rules: number;
}

const version = 3;

/** `3 ‖ identity(32) ‖ ECDH secret(32) ‖ state key(32) ‖ anchor(32) ‖ rules number u32`. */
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
