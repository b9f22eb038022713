/**
 * Reads and verifies the kinds of evidence that no worker produces and no policy covers. Each kind has a
 * function that reads the kind's files and returns the facts that its verifier proves.
 */
import { DerReader } from "@pruntime/core/asn1";
import { decodeTpmQuote, hardwareRoots } from "@pruntime/core/attestation";
import { concat, fromBase64Url, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeJson, jsonArray, jsonHex, jsonObject, jsonString } from "@pruntime/core/json";
import { type PublicKey, readPublicKey } from "@pruntime/core/x509";
import {
  decodeTpmSignature,
  nitroRoot,
  verifyCcel,
  verifyEar,
  verifyNitro,
  verifyTpmQuote,
} from "@pruntime/verifiers";
import { CliError } from "../error.ts";
import { maxDocumentBytes, readBytes, readText } from "../terminal/file.ts";
import { type EvidenceFiles, requiredFile } from "./evidence-files.ts";
import { bytesOf, readInput } from "./input.ts";
import { readPem } from "./pem.ts";

/** The paths of all files for a kind, including those that only a TPM's quote or an EAR needs. */
export interface OtherEvidenceFiles extends EvidenceFiles {
  /** The file with the key that the user trusts: PEM, or a JWK if the extension is .json. */
  readonly key?: string;
  /** The file with a TPMT_SIGNATURE. */
  readonly signature?: string;
  /** The file with the values of a TPM's registers. */
  readonly pcrs?: string;
}

/** A kind of evidence that {@link verifyOther} verifies. */
export type OtherKind = "nitro" | "tpm" | "ccel" | "ear";

type Verify = (crypto: Crypto, files: OtherEvidenceFiles, atMs: number) => object;

const verifiers: { readonly [K in OtherKind]: Verify } = { nitro, tpm, ccel, ear };

/** The kinds, as `--kind` accepts them. */
export const otherKinds: readonly OtherKind[] = Object.keys(verifiers) as OtherKind[];

/** Whether {@link verifyOther} verifies evidence of a kind. */
export function isOtherKind(kind: string): kind is OtherKind {
  return Object.hasOwn(verifiers, kind);
}

/**
 * Verifies evidence of one of these kinds and returns the facts about it. `atMs` is in Unix milliseconds and
 * has no effect on a TPM's quote, which has no dates.
 * @throws {@link CliError} `cli/bad-argument`, `cli/bad-file`; the errors of the kind
 */
export function verifyOther(
  crypto: Crypto,
  kind: OtherKind,
  files: OtherEvidenceFiles,
  atMs: number,
): object {
  return verifiers[kind](crypto, files, atMs);
}

function nitro(crypto: Crypto, { evidence }: OtherEvidenceFiles, atMs: number): object {
  const found = verifyNitro(crypto, nitroRoot, atMs, bytesOf(readInput(evidence)));
  const { moduleId, timestampMs, pcrs, debug, publicKey, userData, nonce, validUntilMs } = found;
  return {
    authentic: true,
    moduleId,
    signedAt: moment(timestampMs),
    validUntil: moment(validUntilMs),
    pcrs,
    debug,
    publicKey: hexOrNull(publicKey),
    userData: hexOrNull(userData),
    nonce: hexOrNull(nonce),
  };
}

/** Only the user knows who owns the key, so the result says that the quote is consistent, not authentic. */
function tpm(crypto: Crypto, files: OtherEvidenceFiles): object {
  const message = bytesOf(readInput(files.evidence));
  const signature = decodeTpmSignature(bytesOf(readInput(requiredFile("--signature", files.signature))));
  const pcrs = registersOf(message, requiredFile("--pcrs", files.pcrs));
  const key = publicKeyOf(requiredFile("--key", files.key));
  const quote = verifyTpmQuote(crypto, key, { message, signature, pcrs });
  return { consistent: true, nonce: toHex(quote.nonce), pcrs: quote.pcrs };
}

function ccel(crypto: Crypto, files: OtherEvidenceFiles, atMs: number): object {
  const evidence = {
    kind: "tdx",
    quote: bytesOf(readInput(files.evidence)),
    collateral: readBytes(requiredFile("--collateral", files.collateral), maxDocumentBytes),
  } as const;
  const log = readBytes(requiredFile("--event-log", files.eventLog), maxDocumentBytes);
  const { quote, events } = verifyCcel(crypto, hardwareRoots.intel, atMs, evidence, log);
  const { tcbStatus, advisories, measurements, reportData, debug } = quote;
  return {
    authentic: true,
    tcbStatus,
    advisories,
    measurements,
    reportData: toHex(reportData),
    debug,
    events: events.length,
  };
}

function ear(crypto: Crypto, files: OtherEvidenceFiles, atMs: number): object {
  const token = readText(files.evidence, maxDocumentBytes).trim();
  const key = publicKeyOf(requiredFile("--key", files.key));
  if (key.kind !== "p256")
    throw new CliError({ code: "cli/bad-argument", name: "--key", want: "a P-256 key, for a token" });
  const { issuedAt, profile, nonce, statuses } = verifyEar(crypto, key.point, token);
  return {
    authentic: true,
    issuedAt: moment(issuedAt * 1000),
    ageSec: Math.floor(atMs / 1000) - issuedAt,
    profile,
    nonce: nonce ?? null,
    statuses,
  };
}

const registerList = jsonArray(jsonHex(32), 24);

/**
 * Reads the values of registers. A JSON file lists all registers from 0 on. A binary file contains only the
 * registers that the quote covers, in the format of tpm2-tools.
 */
function registersOf(message: Uint8Array, path: string): readonly (Uint8Array | undefined)[] {
  const input = readInput(path);
  if (input.kind === "json") return registerList(input.value, "");
  const registers: (Uint8Array | undefined)[] = [];
  decodeTpmQuote(message).selection.forEach((number, i) => {
    registers[number] = input.bytes.subarray(32 * i, 32 * (i + 1));
  });
  return registers;
}

const jwk = jsonObject(
  { kty: jsonString(8), crv: jsonString(16), x: jsonString(64), y: jsonString(64) },
  "ignored",
);

function publicKeyOf(path: string): PublicKey {
  const text = readText(path, maxDocumentBytes);
  if (!path.toLowerCase().endsWith(".json")) {
    const [der] = readPem("PUBLIC KEY", text) as [Uint8Array];
    return readPublicKey(new DerReader(der));
  }
  const { kty, crv, x, y } = decodeJson(text, jwk);
  const [first, second] = [fromBase64Url(x), fromBase64Url(y)];
  if (kty !== "EC" || crv !== "P-256" || first.length !== 32 || second.length !== 32)
    throw new CliError({ code: "cli/bad-argument", name: "--key", want: "a JWK of a P-256 key" });
  return { kind: "p256", point: concat(Uint8Array.of(4), first, second) };
}

function moment(ms: number): string {
  return new Date(ms).toISOString();
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : toHex(bytes);
}
