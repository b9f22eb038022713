/**
 * Verifies attestation documents of AWS Nitro enclaves and NitroTPM: COSE_Sign1 (RFC 9052) with ES384 over a
 * CBOR map that contains the signer's certificates.
 * @see https://docs.aws.amazon.com/enclaves/latest/user/verify-root.html
 */
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeCertificate, type TrustedRoot, verifyChain } from "@pruntime/core/x509";
import { type Cbor, type CborMap, decodeCbor } from "./cbor.ts";
import { NitroError } from "./error.ts";

/**
 * The fields of a document whose signature and certificates have been verified. The caller must check the age
 * of the document.
 */
export interface AuthenticNitro {
  readonly moduleId: string;
  /** Unix milliseconds: the time when AWS signed. */
  readonly timestampMs: number;
  /** 48 bytes in hex, by register number. In debug mode, register 0 is all zeros. */
  readonly pcrs: Readonly<Record<string, string>>;
  /** Whether register 0 is missing or all zeros. */
  readonly debug: boolean;
  readonly publicKey: Uint8Array | undefined;
  readonly userData: Uint8Array | undefined;
  readonly nonce: Uint8Array | undefined;
  /** Unix milliseconds: the earliest expiry of the certificates. */
  readonly validUntilMs: number;
}

/**
 * A Nitro attestation document.
 * @limit bytes
 * @source chosen: genuine documents are much smaller
 * @past `nitro/too-long`
 */
const maxLength = 16 * 1024;
const es384 = concat(Uint8Array.of(0xa1, 0x01, 0x38, 0x22));

/**
 * Verifies a document as of `atMs` (Unix milliseconds). `root` is {@link nitroRoot}, except in tests.
 * @throws {@link NitroError}, X509Error, Asn1Error, CodecError, BytesError
 */
export function verifyNitro(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  document: Uint8Array,
): AuthenticNitro {
  const { payload, signature } = openEnvelope(document);
  const fields = decodeCbor(payload);
  if (!(fields instanceof Map)) throw new NitroError({ code: "nitro/bad-envelope" });
  const chain = [bytes(fields, "certificate"), ...list(fields, "cabundle")].map(decodeCertificate);
  const { leaf, validUntilMs } = verifyChain(crypto, root, atMs, chain);
  const { publicKey } = leaf;
  if (publicKey.kind !== "p384" || !crypto.p384.verify(publicKey.point, signedBytes(payload), signature))
    throw new NitroError({ code: "nitro/bad-signature" });
  return { ...readFields(fields), validUntilMs };
}

function openEnvelope(document: Uint8Array): {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
} {
  if (document.length > maxLength) throw new NitroError({ code: "nitro/too-long", length: document.length });
  const envelope = decodeCbor(document);
  const [header, unsigned, payload, signature] = Array.isArray(envelope) ? (envelope as readonly Cbor[]) : [];
  const whole =
    Array.isArray(envelope) && envelope.length === 4 && unsigned instanceof Map && unsigned.size === 0;
  const algorithm = header instanceof Uint8Array && toHex(header) === toHex(es384);
  if (!whole || !algorithm || !(payload instanceof Uint8Array) || !(signature instanceof Uint8Array))
    throw new NitroError({ code: "nitro/bad-envelope" });
  return { payload, signature };
}

/** Returns the signed bytes, a Sig_structure: `["Signature1", protected, external, payload]`. */
function signedBytes(payload: Uint8Array): Uint8Array {
  const head = Uint8Array.of(0x84, 0x6a, ...utf8("Signature1"), 0x44, ...es384, 0x40);
  const { length } = payload;
  const size =
    length < 24 ? [0x40 | length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
  return concat(head, Uint8Array.of(...size), payload);
}

function readFields(fields: CborMap): Omit<AuthenticNitro, "validUntilMs"> {
  const [moduleId, timestampMs, digest] = ["module_id", "timestamp", "digest"].map((name) =>
    fields.get(name),
  );
  if (typeof moduleId !== "string") throw badField("module_id");
  if (typeof timestampMs !== "number") throw badField("timestamp");
  if (digest !== "SHA384") throw badField("digest");
  const pcrs = readPcrs(fields);
  const [publicKey, userData, nonce] = [
    optional(fields, "public_key"),
    optional(fields, "user_data"),
    optional(fields, "nonce"),
  ];
  return { moduleId, timestampMs, pcrs, debug: /^0*$/.test(pcrs["0"] ?? ""), publicKey, userData, nonce };
}

/** Reads the registers: `pcrs` in a document of an enclave, `nitrotpm_pcrs` in a document of a NitroTPM. */
function readPcrs(fields: CborMap): Readonly<Record<string, string>> {
  const pcrs = fields.get("pcrs") ?? fields.get("nitrotpm_pcrs");
  if (!(pcrs instanceof Map)) throw badField("pcrs");
  return Object.fromEntries(
    [...(pcrs as CborMap)].map(([number, value]) => {
      if (typeof number !== "number" || !(value instanceof Uint8Array) || value.length !== 48)
        throw badField("pcrs");
      return [String(number), toHex(value)];
    }),
  );
}

function bytes(fields: CborMap, field: string): Uint8Array {
  const value = fields.get(field);
  if (!(value instanceof Uint8Array)) throw badField(field);
  return value;
}

function list(fields: CborMap, field: string): readonly Uint8Array[] {
  const value = fields.get(field);
  if (!Array.isArray(value) || !value.every((item): item is Uint8Array => item instanceof Uint8Array))
    throw badField(field);
  return value;
}

/** Reads an optional field. Returns `undefined` if the field is null or missing. */
function optional(fields: CborMap, field: string): Uint8Array | undefined {
  return (fields.get(field) ?? null) === null ? undefined : bytes(fields, field).slice();
}

function badField(field: string): NitroError {
  return new NitroError({ code: "nitro/bad-field", field });
}
