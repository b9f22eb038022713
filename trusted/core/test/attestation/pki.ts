/** Issues certificates for cases for which there is no public evidence. Every run generates new keys. */
import { constants, generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto";
import { concat, fromHex, utf8 } from "../../src/bytes/index.ts";
import { decodeCertificate, type TrustedRoot } from "../../src/x509/index.ts";

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const rsaKeys = (): Keys => generateKeyPairSync("rsa", { modulusLength: 2048 });
export const ecKeys = (namedCurve: "P-256" | "P-384"): Keys => generateKeyPairSync("ec", { namedCurve });

/** One DER value. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  const n = body.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return concat(Uint8Array.of(tag, ...length), body);
}

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = rest.flatMap((n) => {
    const septets = [n & 127];
    for (let left = n >> 7; left > 0; left >>= 7) septets.unshift((left & 127) | 128);
    return septets;
  });
  return der(6, Uint8Array.of(40 * first + second, ...bytes));
}

export const integer = (n: number): Uint8Array =>
  der(2, n < 0x80 ? Uint8Array.of(n) : n < 0x100 ? Uint8Array.of(0, n) : Uint8Array.of(n >> 8, n & 255));
const nameOf = (name: string | Uint8Array): Uint8Array =>
  typeof name !== "string" ? name : der(0x30, der(0x31, der(0x30, oid("2.5.4.3"), der(0x0c, utf8(name)))));

const algorithms = {
  "rsa-pss-sha384": fromHex(
    "304106092a864886f70d01010a3034a00f300d06096086480165030402020500" +
      "a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130",
  ),
  "rsa-pkcs1-sha256": fromHex("300d06092a864886f70d01010b0500"),
  "ecdsa-sha384": fromHex("300a06082a8648ce3d040303"),
  "ecdsa-sha256": fromHex("300a06082a8648ce3d040302"),
};

export interface Issue {
  /** A common name, or a `Name` in DER. The same applies to `issuer`. */
  readonly subject: string | Uint8Array;
  readonly issuer: string | Uint8Array;
  readonly of: Keys;
  readonly by: Keys;
  readonly algorithm: keyof typeof algorithms;
  readonly ca?: boolean;
  /** Content of `extnValue` by dotted identifier. */
  readonly extensions?: Readonly<Record<string, Uint8Array>>;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

const time = (iso: string) => der(0x18, utf8(iso.replace(/[-:T]/g, "").replace(/\.\d+/, "")));

/** Issues a certificate, in DER. */
export function issue({
  subject,
  issuer,
  of,
  by,
  algorithm,
  ca = false,
  extensions = {},
  ...validity
}: Issue): Uint8Array {
  const { notBefore = "2024-01-01T00:00:00Z", notAfter = "2030-01-01T00:00:00Z" } = validity;
  const all = { ...(ca ? { "2.5.29.19": der(0x30, der(1, Uint8Array.of(255))) } : {}), ...extensions };
  const list = Object.entries(all).map(([id, value]) => der(0x30, oid(id), der(4, value)));
  const body = der(
    0x30,
    der(0xa0, integer(2)),
    integer(7),
    algorithms[algorithm],
    nameOf(issuer),
    der(0x30, time(notBefore), time(notAfter)),
    nameOf(subject),
    of.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, ...list)),
  );
  return der(0x30, body, algorithms[algorithm], der(3, Uint8Array.of(0), sign(algorithm, by, body)));
}

function sign(
  algorithm: keyof typeof algorithms,
  { privateKey: key }: Keys,
  message: Uint8Array,
): Uint8Array {
  const hash = algorithm.slice(-6);
  if (algorithm !== "rsa-pss-sha384") return signWith(hash, message, key);
  return signWith(hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 });
}

/** A trusted root with a certificate's name and key. */
export function rootOf(certificate: Uint8Array): TrustedRoot {
  const { subject, publicKey } = decodeCertificate(certificate);
  return { subject, publicKey };
}
