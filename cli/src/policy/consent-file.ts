/**
 * The two files of a consent to a handover. `pruntime handover --consent` writes a request, with what both
 * workers have shown. The holder of the policy key makes a consent of it with `pruntime policy consent`, and
 * brings the consent back while the handover waits.
 */
import { existsSync, statSync, writeFileSync } from "node:fs";
import type { JudgedJson } from "@pruntime/api";
import {
  consentHash,
  type EndorsedEvidence,
  evidenceHash,
  handoverCommitment,
  readEndorsedEvidence,
} from "@pruntime/core/attestation";
import { to0x } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import {
  decodeJson,
  type JsonLimits,
  type JsonObject,
  json0x,
  jsonHex,
  jsonObject,
} from "@pruntime/core/json";
import { badFile, CliError } from "../error.ts";
import { maxDocumentBytes, maxLineBytes, readText } from "../terminal/file.ts";
import { jsonText } from "../terminal/json-text.ts";
import { signHash } from "./file.ts";

/** What the holder of a policy key consents to. */
export interface ConsentTerms {
  /** The genesis hash of the workers' chain, 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** The handover's commitment, 32 bytes. */
  readonly commitment: Uint8Array;
}

/** What a request says about the handover. */
export interface ConsentRequest extends ConsentTerms {
  /** The evidence of the worker that gives its keys, which is not verified. */
  readonly source: EndorsedEvidence;
  /** The evidence of the worker that gets the keys, which is not verified. */
  readonly receiver: EndorsedEvidence;
}

const side = jsonObject({
  ecdh_public_key: jsonHex(65),
  evidence: readEndorsedEvidence,
  public_key: jsonHex(33),
});

const requestFile = jsonObject({
  challenge: jsonHex(32),
  genesis: json0x(32),
  nonce: jsonHex(32),
  receiver: side,
  source: side,
});

const consentFile = jsonObject({ key: json0x(32), signature: json0x(64) });

/**
 * The file of a request for a consent.
 * @limit characters, levels
 * @source chosen: two pieces of evidence, and room for the other fields
 * @past `json/too-long` or `json/too-deep`
 */
const requestLimits: JsonLimits = { maxLength: 5 * 1024 * 1024, maxDepth: 8 };

/**
 * Reads a request, and computes the commitment of its handover.
 * @throws CliError, JsonError, BytesError
 */
export function readRequest(crypto: Crypto, path: string): ConsentRequest {
  const text = readText(path, maxDocumentBytes);
  const { genesis, challenge, nonce, source, receiver } = decodeJson(text, requestFile, requestLimits);
  const [giver, taker] = [source, receiver].map(({ public_key, ecdh_public_key, evidence }) => ({
    publicKey: public_key,
    ecdhPublicKey: ecdh_public_key,
    evidenceHash: evidenceHash(crypto, evidence),
  })) as [Side, Side];
  const commitment = handoverCommitment(crypto, { challenge, nonce }, giver, taker);
  return { genesisHash: genesis, commitment, source: source.evidence, receiver: receiver.evidence };
}

type Side = Parameters<typeof handoverCommitment>[2];

/** Signs a consent with the key in a PEM file, and returns the content of the consent's file. */
export function signConsent(
  crypto: Crypto,
  keyPath: string,
  { genesisHash, commitment }: ConsentTerms,
): { readonly publicKey: Uint8Array; readonly consent: JsonObject } {
  const { publicKey, signature } = signHash(keyPath, consentHash(crypto, genesisHash, commitment));
  return { publicKey, consent: { key: to0x(publicKey), signature: to0x(signature) } };
}

/** What `pruntime handover` knows about the handover, to write a request. */
export interface Unconsented extends ConsentTerms {
  readonly challenge: string;
  readonly nonce: string;
  readonly source: JudgedJson["other"];
  readonly receiver: JudgedJson["other"];
}

/**
 * How long `pruntime handover` waits for a consent.
 * @limit ms
 * @source chosen: the time after which workers forget a handover, at 6 s a block
 * @past the command fails with `cli/no-consent`
 */
const consentPatienceMs = 900_000;
const pollMs = 500;

/**
 * Refuses a path at which a file exists. A consent counts for one handover, so the file that the command
 * waits for cannot exist when the handover begins.
 * @throws {@link CliError} `cli/bad-argument`
 */
export function requireNoConsent(path: string): void {
  if (existsSync(path))
    throw new CliError({
      code: "cli/bad-argument",
      name: "--consent",
      want: "a file that does not exist yet, because each handover needs a consent of its own",
    });
}

/** Writes the request for a consent beside the file in which the consent will be, and returns its path. */
export function writeRequest(
  path: string,
  { genesisHash, challenge, nonce, source, receiver }: Unconsented,
): string {
  const shown = ({ ecdh_public_key, evidence, public_key }: JudgedJson["other"]) => ({
    ecdh_public_key,
    evidence,
    public_key,
  });
  const request = {
    challenge,
    genesis: to0x(genesisHash),
    nonce,
    receiver: shown(receiver),
    source: shown(source),
  };
  const requestPath = `${path}.request`;
  try {
    writeFileSync(requestPath, `${jsonText(request)}\n`);
  } catch (cause) {
    throw badFile(requestPath, cause);
  }
  return requestPath;
}

/**
 * Waits until the file with the consent exists, and returns the signature, 64 bytes.
 * @throws {@link CliError} `cli/no-consent`, `cli/bad-file` if the file's key has not signed it for this
 * handover; JsonError, BytesError
 */
export async function awaitConsent(
  crypto: Crypto,
  path: string,
  { genesisHash, commitment }: ConsentTerms,
  patienceMs: number = consentPatienceMs,
): Promise<Uint8Array> {
  for (let waitedMs = 0; !hasContent(path); waitedMs += pollMs) {
    if (waitedMs >= patienceMs) throw new CliError({ code: "cli/no-consent", path, waitedMs });
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const { key, signature } = decodeJson(readText(path, maxLineBytes), consentFile);
  if (!crypto.ed25519.verify(key, consentHash(crypto, genesisHash, commitment), signature))
    throw new CliError({ code: "cli/bad-file", path, reason: "it is not a consent to this handover" });
  return signature;
}

/** A file that is just being copied may be empty at first. */
function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
