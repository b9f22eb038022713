/**
 * Reads off evidence what has to be fetched for it, and off what was fetched how long it is good. Hints only: what is read wrongly here fetches what does not fit, and no
 * verifier takes it.
 */
import { X509Certificate } from "node:crypto";
import { CollateralError } from "./error.ts";
import type { Chip } from "./kds.ts";
import type { Platform, QuoteCollateral } from "./pccs.ts";

/** `OBJECT IDENTIFIER 1.2.840.113741.1.13.1.4 ‖ OCTET STRING of 6 bytes`: the FMSPC in a PCK certificate. */
const fmspcAt = Buffer.from("060a2a864886f84d010d01040406", "hex");

/** @throws {@link CollateralError} `collateral/not-fetched` for a quote without its own certificates, which would have to be asked for by an encrypted id */
export function platformOf(quote: Uint8Array): Platform {
  const bytes = Buffer.from(quote);
  const [pem] =
    /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.exec(bytes.toString("latin1")) ??
    [];
  const certificate = pem === undefined ? undefined : readCertificate(pem);
  const at = certificate?.raw.indexOf(fmspcAt) ?? -1;
  const ca = /SGX PCK (Processor|Platform) CA/.exec(certificate?.issuer ?? "")?.[1]?.toLowerCase();
  if (certificate === undefined || at === -1 || (ca !== "processor" && ca !== "platform"))
    throw new CollateralError({ code: "collateral/not-fetched", why: "the quote holds no PCK certificate" });
  const from = at + fmspcAt.length;
  const fmspc = certificate.raw.toString("hex", from, from + 6);
  return { tee: bytes.readUInt32LE(4) === 0x81 ? "tdx" : "sgx", fmspc, ca };
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/**
 * When the first part of the collateral runs out, unix milliseconds; at once, if a part does not tell.
 */
export function expiryOf(collateral: QuoteCollateral): number {
  const { tcb_info, qe_identity, pck_crl, root_ca_crl } = collateral;
  const dates = [
    nextUpdateOf(tcb_info),
    nextUpdateOf(qe_identity),
    crlNextUpdateOf(pck_crl),
    crlNextUpdateOf(root_ca_crl),
  ];
  const first = Math.min(...dates);
  return Number.isNaN(first) ? 0 : first;
}

function nextUpdateOf(json: string): number {
  return Date.parse(/"nextUpdate":"([0-9TZ:.-]{1,32})"/.exec(json)?.[1] ?? "");
}

/** thisUpdate and nextUpdate are the first two times in a list, one behind the other: `UTCTime YYMMDDHHMMSSZ`. */
function crlNextUpdateOf(hex: string): number {
  const [, digits = ""] = /170d(?:3\d){12}5a170d((?:3\d){12}5a)/.exec(hex) ?? [];
  const time = Buffer.from(digits, "hex").toString("latin1");
  return Date.parse(time.replace(/^(..)(..)(..)(..)(..)(..)Z$/, "20$1-$2-$3T$4:$5:$6Z"));
}

/** Milan and Genoa have these levels in bytes 0, 1, 6 and 7 of the reported TCB, Turin in 0 to 3 and 7. */
const levelNames = {
  Milan: [
    ["blSPL", 0],
    ["teeSPL", 1],
    ["snpSPL", 6],
    ["ucodeSPL", 7],
  ],
  Genoa: [
    ["blSPL", 0],
    ["teeSPL", 1],
    ["snpSPL", 6],
    ["ucodeSPL", 7],
  ],
  Turin: [
    ["fmcSPL", 0],
    ["blSPL", 1],
    ["teeSPL", 2],
    ["snpSPL", 3],
    ["ucodeSPL", 7],
  ],
} as const;

/**
 * `version u32 at 0`, key info at 0x48 (bits 2 to 4: 0 VCEK, 1 VLEK), reported TCB at 0x180, from version 3 on the processor's family and model at 0x188, chip id at 0x1a0.
 * @throws {@link CollateralError} `collateral/not-fetched`
 */
export function chipOf(report: Uint8Array): Chip {
  const bytes = Buffer.from(report);
  if (bytes.length < 0x1e0) throw new CollateralError({ code: "collateral/not-fetched", why: "no report" });
  if (((bytes.readUInt32LE(0x48) >> 2) & 7) !== 0)
    throw new CollateralError({ code: "collateral/not-fetched", why: "not signed by a VCEK" });
  const product = productOf(bytes);
  const levels = Object.fromEntries(levelNames[product].map(([name, at]) => [name, bytes[0x180 + at] ?? 0]));
  return { product, hardwareId: bytes.toString("hex", 0x1a0, product === "Turin" ? 0x1a8 : 0x1e0), levels };
}

/** Version 2 does not tell; it is of Milan's firmware, and of Genoa's first. */
function productOf(bytes: Buffer): Chip["product"] {
  if (bytes.readUInt32LE(0) < 3) return "Milan";
  const [family, model] = [bytes[0x188] ?? 0, bytes[0x189] ?? 0];
  if (family === 0x19 && model < 0x10) return "Milan";
  if (family === 0x19 && ((model >= 0x10 && model < 0x20) || (model >= 0xa0 && model < 0xb0))) return "Genoa";
  if (family === 0x1a && model < 0x20) return "Turin";
  throw new CollateralError({ code: "collateral/not-fetched", why: "an unknown processor" });
}
