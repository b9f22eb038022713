import {
  decodeDstackLog,
  decodeEndorsedEvidence,
  decodeHclReport,
  decodeIasReport,
  decodeSnpReport,
  decodeTpmQuote,
  developmentRoots,
  type EndorsedEvidence,
  endorsedEvidenceToJson,
  makeSimulated,
  replayDstackLog,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { fromUtf8, toBase64, utf8 } from "@pruntime/core/bytes";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  decodeTcgLog,
  decodeTpmSignature,
  nitroRoot,
  replayTcgLog,
  verifyEar,
  verifyNitro,
} from "@pruntime/verifiers";
import * as azure from "../../trusted/core/test/attestation/azure/guest.ts";
import { ecKeys } from "../../trusted/core/test/attestation/pki.ts";
import { evidenceOf, milan, reportOf } from "../../trusted/core/test/attestation/snp/machine.ts";
import { message } from "../../trusted/core/test/attestation/tpm/made.ts";
import { event, log } from "../../verifiers/test/tcg/made.ts";
import { signature } from "../../verifiers/test/tpm/made.ts";
import { chosen, signaturesHeap, type Target, verdict } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();

const readers: readonly ((rest: Uint8Array) => unknown)[] = [
  decodeSnpReport,
  decodeIasReport,
  (bytes) => decodeHclReport(bytes),
  decodeTpmQuote,
  decodeTpmSignature,
  (bytes) => replayDstackLog(crypto, decodeDstackLog(bytes)),
  (bytes) => [...replayTcgLog(crypto, "sha256", decodeTcgLog(bytes))],
  (bytes) => verifyNitro(crypto, nitroRoot, 0, bytes),
  (bytes) => verifyEar(crypto, new Uint8Array(65), fromUtf8(bytes)),
  (bytes) => verified(decodeEndorsedEvidence(fromUtf8(bytes))),
];

const [roots, at] = [developmentRoots(crypto), Date.parse("2026-06-15T12:00:00Z")];

function verified(evidence: EndorsedEvidence): unknown {
  return verdict(() => verifyEvidence(crypto, roots, evidence, at).kind);
}

function evidenceText(evidence: EndorsedEvidence): Uint8Array {
  return utf8(JSON.stringify(endorsedEvidenceToJson(evidence)));
}

/**
 * Reads evidence other than DCAP quotes: reports and logs of hardware, firmware and clouds. The first byte
 * chooses the reader.
 */
export const target: Target = {
  leastHeap: signaturesHeap,
  words: [
    ...jsonWords,
    "imr",
    "event_type",
    "digest",
    "event_payload",
    "system-ready",
    "isvEnclaveQuoteBody",
    "HCLA",
    "cabundle",
  ],
  run: (input) => chosen(input, readers),
  genuine: () => {
    const ias = {
      timestamp: "2026-06-15T11:59:00.123456",
      version: 4,
      isvEnclaveQuoteStatus: "OK",
      isvEnclaveQuoteBody: toBase64(new Uint8Array(432)),
    };
    const dstack = [{ imr: 3, event_type: 134217729, digest: "", event: "app-id", event_payload: "a9" }];
    const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(48).fill(2)];
    const inputs = {
      snp: reportOf(milan),
      ias: utf8(JSON.stringify(ias)),
      hcl: azure.hclReport(),
      "tpm-quote": message(),
      "tpm-signature": signature(ecKeys("P-256"), message()),
      dstack: utf8(JSON.stringify(dstack)),
      tcg: log([event(0, 8, one, two), event(4, 8, one, two)]),
    };
    const whole = [
      evidenceOf(milan),
      azure.evidence(),
      makeSimulated(crypto, one, new Uint8Array(64).fill(6)),
    ];
    return {
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, bytes], i) => [name, Uint8Array.of(i, ...bytes)]),
      ),
      ...Object.fromEntries(
        whole.map((made) => [`verify-${made.kind}`, Uint8Array.of(9, ...evidenceText(made))]),
      ),
    };
  },
};
