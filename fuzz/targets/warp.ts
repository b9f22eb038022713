import { advanceByWarpProof, decodeWarpProof, encodeWarpProof, verifyWarpProof } from "@pruntime/core/warp";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { at4, at9, at12, clientAt, fragment, root, setOf } from "../../trusted/core/test/warp/chain.ts";
import { canonical, signaturesHeap, type Target, verdict } from "../target.ts";

const crypto = await createNativeCrypto();

export const target: Target = {
  leastHeap: signaturesHeap,
  run: (input) => {
    const proof = canonical(input, decodeWarpProof(input), encodeWarpProof);
    return [
      proof,
      verdict(() => verifyWarpProof(crypto, setOf(0), proof)),
      verdict(() => advanceByWarpProof(crypto, clientAt(root, 0), proof)),
    ];
  },
  genuine: () => {
    const fragments = [fragment(at4, 0), fragment(at9, 1), fragment(at12, 2)];
    return {
      whole: encodeWarpProof({ fragments, isFinished: true }),
      unfinished: encodeWarpProof({ fragments: fragments.slice(0, 2), isFinished: false }),
      empty: encodeWarpProof({ fragments: [], isFinished: true }),
    };
  },
};
