import {
  decodeAuthorityList,
  decodeVersionedAuthorityList,
  encodeAuthorityList,
  encodeVersionedAuthorityList,
} from "@pruntime/core/grandpa";
import { setOf } from "../../trusted/core/test/warp/chain.ts";
import { canonical, each, type Target } from "../target.ts";

export const target: Target = {
  run: (input) =>
    each(input, {
      list: (bytes) => canonical(bytes, decodeAuthorityList(bytes), encodeAuthorityList),
      versioned: (bytes) =>
        canonical(bytes, decodeVersionedAuthorityList(bytes), encodeVersionedAuthorityList),
    }),
  genuine: () => ({
    empty: encodeAuthorityList([]),
    four: encodeAuthorityList(setOf(0).authorities),
    versioned: encodeVersionedAuthorityList(setOf(1).authorities),
    many: encodeAuthorityList(Array.from({ length: 30 }, (_, i) => setOf(i).authorities).flat()),
  }),
};
