import { fromUtf8, to0x, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  startFromCheckpoint,
} from "@pruntime/core/light-client";
import { at4, at9, root, setOf } from "../../trusted/core/test/warp/chain.ts";
import { Broken, type Target, verdict } from "../target.ts";
import { jsonWords } from "./json.ts";

const checkpoint: Checkpoint = {
  genesisHash: root.hash,
  encodedHeader: at4.encoded,
  authorities: setOf(1),
  pending: [],
};
const pending = [{ announcedAt: 8, enactsAt: 12, authorities: setOf(3).authorities }];

export const target: Target = {
  words: [...jsonWords, "genesisHash", "pending", "setId", "18446744073709551616", "0x", to0x(root.hash)],
  run: (input) => {
    const read = decodeCheckpoint(fromUtf8(input));
    const text = encodeCheckpoint(read);
    if (encodeCheckpoint(decodeCheckpoint(text)) !== text)
      throw new Broken("the encoded text decodes to another value");
    return [read, verdict(() => startFromCheckpoint(portableCrypto, read))];
  },
  genuine: () => ({
    plain: utf8(encodeCheckpoint(checkpoint)),
    pending: utf8(
      encodeCheckpoint({ ...checkpoint, encodedHeader: at9.encoded, authorities: setOf(2), pending }),
    ),
    genesis: utf8(encodeCheckpoint({ ...checkpoint, encodedHeader: root.encoded, authorities: setOf(0) })),
  }),
};
