/** Makes Nitro documents for tests. */
import { sign } from "node:crypto";
import { concat, utf8 } from "@pruntime/core/bytes";
import type { TrustedRoot } from "@pruntime/core/x509";
import { ecKeys, issue, type Keys, rootOf } from "../../../trusted/core/test/attestation/pki.ts";

const head = (major: number, n: number) =>
  Uint8Array.of(
    ...(n < 24
      ? [(major << 5) | n]
      : n < 256
        ? [(major << 5) | 24, n]
        : n < 65536
          ? [(major << 5) | 25, n >> 8, n & 255]
          : []),
    ...(n < 65536
      ? []
      : [(major << 5) | 27, ...Array.from({ length: 8 }, (_, i) => Math.floor(n / 256 ** (7 - i)) & 255)]),
  );

export type Value =
  | number
  | string
  | null
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<number | string, Value>;

export function cbor(value: Value): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return concat(head(3, utf8(value).length), utf8(value));
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (value instanceof Map)
    return concat(head(5, value.size), ...[...value].flatMap(([k, v]) => [cbor(k), cbor(v)]));
  const items = value as readonly Value[];
  return concat(head(4, items.length), ...items.map(cbor));
}

const [ca, leaf] = [ecKeys("P-384"), ecKeys("P-384")];
export const otherKeys: Keys = ecKeys("P-384");
const name = "made-up nitro";
const algorithm = "ecdsa-sha384";
const root = issue({ subject: name, issuer: name, of: ca, by: ca, algorithm, ca: true });
export const trusted: TrustedRoot = rootOf(root);
export const certificate: Uint8Array = issue({
  subject: "module",
  issuer: name,
  of: leaf,
  by: ca,
  algorithm,
});

export const fields: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["module_id", "i-1"],
  ["timestamp", 1_781_524_800_000],
  ["digest", "SHA384"],
  ["pcrs", new Map([[0, new Uint8Array(48).fill(7)]])],
  ["certificate", certificate],
  ["cabundle", [root]],
  ["public_key", null],
  ["user_data", Uint8Array.of(1)],
]);

export const protectedHeader: Uint8Array = cbor(new Map([[1, -35]]));

/** Signs a payload, and returns the document with the header, the payload and the signature. */
export function document(
  payload: Uint8Array,
  header: Uint8Array = protectedHeader,
  by: Keys = leaf,
): Uint8Array {
  const signed = cbor(["Signature1", header, new Uint8Array(), payload]);
  const signature = Uint8Array.from(
    sign("sha384", signed, { key: by.privateKey, dsaEncoding: "ieee-p1363" }),
  );
  return cbor([header, new Map(), payload, signature]);
}
