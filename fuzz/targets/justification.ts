import { decodeJustification, encodeJustification, verifyJustification } from "@pruntime/core/grandpa";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { justificationCases } from "../../trusted/core/test/grandpa/cases.ts";
import { authoritySet } from "../../trusted/core/test/grandpa/chain.ts";
import { canonical, signaturesHeap, type Target, verdict } from "../target.ts";

const crypto = await createNativeCrypto();
const trusted = authoritySet(4);

export const target: Target = {
  leastHeap: signaturesHeap,
  run: (input) => {
    const justification = canonical(input, decodeJustification(input), encodeJustification);
    const block = { hash: justification.targetHash, number: justification.targetNumber };
    return [justification, verdict(() => verifyJustification(crypto, trusted, block, justification))];
  },
  genuine: () => {
    const accepted = justificationCases.filter(({ expect }) => expect === "accept");
    return Object.fromEntries(
      accepted.map(({ justification }, i) => [`accepted-${i}`, encodeJustification(justification)]),
    );
  },
};
