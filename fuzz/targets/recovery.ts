import { ed25519 } from "@noble/curves/ed25519.js";
import { fromUtf8, to0x, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import {
  decodeRecovery,
  encodeRecovery,
  recoveryHash,
  type SignedRecovery,
  verifyRecovery,
} from "@pruntime/core/light-client";
import { after, at9, clientAt, root, setOf } from "../../trusted/core/test/warp/chain.ts";
import { Broken, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const at10 = after(at9, 1);
const [secret, anchor] = [new Uint8Array(32).fill(1), new Uint8Array(32)];
const key = ed25519.getPublicKey(secret);
const keys = { threshold: 1, keys: [key] };
const recovery: SignedRecovery = {
  anchor,
  replacedSetId: 2n,
  checkpoint: {
    genesisHash: root.hash,
    encodedHeader: after(at10, 1).encoded,
    authorities: setOf(3),
    pending: [],
  },
  signatures: [],
};

function signed(content: SignedRecovery): Uint8Array {
  const signature = ed25519.sign(recoveryHash(portableCrypto, content), secret);
  return utf8(encodeRecovery({ ...content, signatures: [{ key, signature }] }));
}

/** Reads a recovery file and takes it after block 10. Finality must not go back. */
export const target: Target = {
  words: [...jsonWords, "anchor", "checkpoint", "replacedSetId", "signatures", "0x", to0x(root.hash)],
  run: (input) => {
    const read = decodeRecovery(fromUtf8(input));
    const text = encodeRecovery(read);
    if (encodeRecovery(decodeRecovery(text)) !== text)
      throw new Broken("the encoded text decodes to another value");
    const trusted = clientAt(at10, 2);
    const { next } = verifyRecovery(portableCrypto, { anchor, keys }, trusted, {
      recovery: read,
      headers: [],
    });
    if (next.authorities.setId <= 2n || next.finalized.number < 10) throw new Broken("finality went back");
    return next;
  },
  genuine: () => ({
    child: signed(recovery),
    same: signed({
      ...recovery,
      checkpoint: { ...recovery.checkpoint, encodedHeader: at10.encoded },
    }),
  }),
};
