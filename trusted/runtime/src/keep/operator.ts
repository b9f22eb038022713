/** The record of the account that operates a worker. */
import { decodeAll, encode } from "@pruntime/core/scale";
import type { RecordKind } from "./record.ts";

/** The operator's account, and the identity key of the worker for which the operator has named it. */
export interface KeptOperator {
  /** 33 bytes. A worker with the same sealing key but another identity key leaves the record out. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly operator: Uint8Array;
}

const version = 1;

/** `1 ‖ identity key(33) ‖ account(32)`. */
export const operatorRecord: RecordKind<KeptOperator> = {
  kind: "operator",
  write: ({ publicKey, operator }) => ({
    name: "",
    bytes: encode(operator, (w) => w.u8(version).raw(publicKey).raw(operator)),
  }),
  read: ({ bytes }) =>
    decodeAll(bytes, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Operator", have);
      return { publicKey: r.take(33).slice(), operator: r.take(32).slice() };
    }),
};
