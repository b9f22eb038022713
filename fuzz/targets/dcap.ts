import { decodeQuote, verifyDcap } from "@pruntime/core/attestation";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  at,
  evidence,
  level,
  moduleIdentity,
  root,
  svnLevel,
  tcbInfoOf,
} from "../../trusted/core/test/attestation/dcap/synthetic.ts";
import { chosen, signaturesHeap, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();
const enclave = evidence();
const td = evidence({ body: "td15" });

const words = [
  "issueDate",
  "nextUpdate",
  "tcbLevels",
  "tcbStatus",
  "advisoryIDs",
  "tdxModuleIdentities",
  "sgxtcbcomponents",
  "isvsvn",
  "UpToDate",
  "Revoked",
];

export const target: Target = {
  leastHeap: signaturesHeap,
  words: [...jsonWords, ...words, "-----BEGIN CERTIFICATE-----\\n", "2026-01-15T00:00:00Z", "\u0006\u0000"],
  run: (input) =>
    chosen(input, [
      decodeQuote,
      (quote) => verifyDcap(crypto, root, at, { ...enclave, quote }),
      (quote) => verifyDcap(crypto, root, at, { ...td, quote }),
      (collateral) => verifyDcap(crypto, root, at, { ...enclave, collateral }),
      (collateral) => verifyDcap(crypto, root, at, { ...td, collateral }),
    ]),
  genuine: () => {
    const of = (choice: number, bytes: Uint8Array) => Uint8Array.of(choice, ...bytes);
    const modules = tcbInfoOf("TDX", {
      tcbLevels: [level("ConfigurationNeeded", [2, 2], [3, 0, 4], { advisoryIDs: ["INTEL-SA-00001"] })],
      tdxModuleIdentities: [moduleIdentity("01", svnLevel("UpToDate", 6), svnLevel("OutOfDate", 4))],
    });
    return {
      "quote-v3": of(0, enclave.quote),
      "quote-v4": of(0, evidence({ body: "td10" }).quote),
      enclave: of(1, enclave.quote),
      td: of(2, td.quote),
      "enclave-collateral": of(3, enclave.collateral),
      "td-collateral": of(4, td.collateral),
      "td-modules": of(4, evidence({ body: "td15", tcbInfo: modules }).collateral),
    };
  },
};
