/**
 * The extensions of certificates and revocation lists (RFC 5280, section 4.2). Unknown critical extensions
 * are refused.
 */
import { context, type DerReader, decodeDer, tags } from "../asn1/index.ts";
import { X509Error } from "./error.ts";

/** The content of each extension's `extnValue`. The key is the extension's dotted identifier. */
export type Extensions = ReadonlyMap<string, Uint8Array>;

/**
 * Reads `Extensions` inside the explicit tag `tag`. Returns an empty map if the next value does not have this
 * tag.
 * `known` lists the extensions that may be critical.
 * @throws {@link X509Error} `x509/duplicate-extension`, `x509/unknown-critical-extension`
 */
export function readExtensions(r: DerReader, tag: number, known: readonly string[]): Extensions {
  const extensions = new Map<string, Uint8Array>();
  if (r.peek() !== context(tag)) return extensions;
  const outer = r.enter(context(tag));
  const list = outer.enter();
  outer.end();
  while (!list.done) {
    const { oid, critical, value } = readExtension(list.enter());
    if (extensions.has(oid)) throw new X509Error({ code: "x509/duplicate-extension", oid });
    if (critical && !known.includes(oid))
      throw new X509Error({ code: "x509/unknown-critical-extension", oid });
    extensions.set(oid, value);
  }
  return extensions;
}

/**
 * Skips the extensions of one entry of a revocation list, if the entry has any. Refuses critical extensions,
 * because they could change the entry's meaning.
 */
export function skipEntryExtensions(r: DerReader): void {
  if (r.done) return;
  const list = r.enter();
  while (!list.done) {
    const { oid, critical } = readExtension(list.enter());
    if (critical) throw new X509Error({ code: "x509/unknown-critical-extension", oid });
  }
}

function readExtension(r: DerReader): {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
} {
  const oid = r.oid();
  const critical = r.peek() === tags.boolean && r.boolean();
  const value = r.content(tags.octetString);
  r.end();
  return { oid, critical, value };
}

/** The identifier of `KeyUsage`. */
export const idKeyUsage = "2.5.29.15";
/** The identifier of `BasicConstraints`. */
export const idBasicConstraints = "2.5.29.19";

/** Bits of `KeyUsage`. The bit that RFC 5280 numbers 0 is the highest of 16. */
export const keyUsages = { digitalSignature: 0x8000, keyCertSign: 0x0400, cRLSign: 0x0200 } as const;

/** The content of `BasicConstraints`. */
export interface BasicConstraints {
  /** Whether the subject may sign certificates. */
  readonly ca: boolean;
  /** How many certificates may be between this certificate and the leaf; `Infinity` if there is no limit. */
  readonly maxPathLength: number;
}

/**
 * Reads `BasicConstraints`. If the extension is absent, the subject may not sign certificates.
 * @throws Asn1Error
 */
export function decodeBasicConstraints(value: Uint8Array | undefined): BasicConstraints {
  if (value === undefined) return { ca: false, maxPathLength: 0 };
  return decodeDer(value, (reader) => {
    const r = reader.enter();
    const ca = r.peek() === tags.boolean && r.boolean();
    const maxPathLength = r.peek() === tags.integer ? r.number(1) : Number.POSITIVE_INFINITY;
    r.end();
    return { ca, maxPathLength };
  });
}

/** Reads the bits of `KeyUsage`; `undefined` if the extension is absent, which allows every use. */
export function decodeKeyUsage(value: Uint8Array | undefined): number | undefined {
  return value === undefined ? undefined : decodeDer(value, (r) => r.flags());
}
