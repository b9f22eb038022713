/** Evidence of any kind as JSON, with and without endorsements. */
import { decodeJson, type JsonLimits, type JsonObject, type JsonReader } from "../../json/index.ts";
import { type EndorsedEvidence, type Evidence, type EvidenceKind, evidenceKinds, rowOf } from "../kinds.ts";
import { type Endorser, readByKind } from "./form.ts";

/**
 * The JSON of one piece of evidence, with its endorsements.
 * @limit characters, levels
 * @source the limits of the parts below, in base64
 * @past `json/too-long` or `json/too-deep`
 */
export const evidenceJsonLimits: JsonLimits = { maxLength: 2 * 1024 * 1024, maxDepth: 4 };

/** Reads the JSON that {@link evidenceToJson} writes. @throws JsonError, BytesError */
export const readEvidence: JsonReader<Evidence> = readByKind<Evidence>(
  Object.fromEntries(
    evidenceKinds.flatMap((kind) => {
      const { evidence } = rowOf(kind).form;
      return evidence === undefined ? [] : [[kind, evidence.read]];
    }),
  ),
);

/**
 * Reads the JSON that {@link endorsedEvidenceToJson} writes.
 * @throws JsonError, BytesError
 */
export const readEndorsedEvidence: JsonReader<EndorsedEvidence> = readByKind<EndorsedEvidence>(
  Object.fromEntries(evidenceKinds.map((kind) => [kind, rowOf(kind).form.endorsed.read])),
);

/** Reads the JSON text of evidence with its endorsements. @throws JsonError, BytesError */
export function decodeEndorsedEvidence(text: string): EndorsedEvidence {
  return decodeJson(text, readEndorsedEvidence, evidenceJsonLimits);
}

/**
 * Writes evidence without endorsements as JSON that {@link readEvidence} reads.
 * @throws BytesError if an event log is not UTF-8
 */
export function evidenceToJson(evidence: Evidence): JsonObject {
  const { evidence: form } = rowOf(evidence.kind).form;
  return form === undefined ? { kind: evidence.kind } : form.write(evidence);
}

/**
 * Writes evidence with its endorsements as JSON that {@link readEndorsedEvidence} reads.
 * @throws BytesError if a text field of the evidence is not UTF-8
 */
export function endorsedEvidenceToJson(evidence: EndorsedEvidence): JsonObject {
  return rowOf(evidence.kind).form.endorsed.write(evidence);
}

/** The endorser of evidence, and the bytes that the endorser needs. */
export interface EndorsementRequest {
  readonly endorser: Endorser;
  readonly seen: Uint8Array;
}

/** Returns the request for an endorser; `undefined` for evidence that needs no endorsements. */
export function endorsementRequest(evidence: Evidence): EndorsementRequest | undefined {
  const { endorser } = rowOf(evidence.kind).form;
  return endorser && { endorser: endorser.name, seen: endorser.sees(evidence) };
}

/**
 * Adds endorsements to evidence, both as JSON. The endorsements never replace a part of the evidence. If the
 * endorsements of a kind repeat a part of the evidence, the result does not have that part: for example, a
 * report of Intel's retired service contains the quote, so the quote is left out. The result may be invalid,
 * so read it with {@link readEndorsedEvidence}.
 */
export function endorseEvidence(evidence: JsonObject, endorsements: JsonObject): JsonObject {
  const kind = evidenceKinds.find((one) => one === evidence["kind"]);
  const kept = Object.entries(evidence).filter(([key]) => kind === undefined || !isRepeated(kind, key));
  return { ...endorsements, ...Object.fromEntries(kept) };
}

function isRepeated(kind: EvidenceKind, key: string): boolean {
  const { evidence, endorsed } = rowOf(kind).form;
  return evidence?.keys.includes(key) === true && !endorsed.keys.includes(key);
}
