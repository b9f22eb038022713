import { readFileSync } from "node:fs";
import { decodePolicyDocument, policyHash, verifyPolicy } from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();
const fields = [
  "version",
  "tcb",
  "accept",
  "UpToDate",
  "sgx",
  "mrsigner",
  "tdx",
  "images",
  "snp",
  "minTcb",
  "azure",
  "pcrs",
  "notAfter",
];

/** Verifies policies, each pinned by its own hash. */
export const target: Target = {
  words: [...jsonWords, ...fields, "simulated", "signature", "policy"],
  run: (input) => {
    const document = decodePolicyDocument(fromUtf8(input));
    return verifyPolicy(crypto, { kind: "pinned", hash: policyHash(crypto, document.policy) }, document);
  },
  genuine: () => ({
    example: Uint8Array.from(readFileSync(new URL("../../vectors/policy/example.json", import.meta.url))),
  }),
};
