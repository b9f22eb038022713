import { decodeHeader, encodeHeader, type Header } from "@pruntime/core/chain";
import { grandpaDigestItem, grandpaDigests } from "@pruntime/core/grandpa";
import { at4, at9, root } from "../../trusted/core/test/warp/chain.ts";
import { canonical, type Target, verdict } from "../target.ts";

const everyItem: Header = {
  ...at4.header,
  digest: [
    { kind: "pre-runtime", engine: "aura", data: new Uint8Array(8) },
    { kind: "other", data: Uint8Array.of(1, 2) },
    { kind: "changes-trie-root", root: new Uint8Array(32) },
    { kind: "changes-trie-signal", configuration: { digestInterval: 4, digestLevels: 2 } },
    { kind: "runtime-environment-updated" },
    grandpaDigestItem({ kind: "forced-change", medianLastFinalized: 7, nextAuthorities: [], delay: 3 }),
    grandpaDigestItem({ kind: "on-disabled", authorityIndex: 3n }),
    grandpaDigestItem({ kind: "pause", delay: 1 }),
    { kind: "seal", engine: "aura", data: new Uint8Array(64) },
  ],
};

export const target: Target = {
  run: (input) => {
    const header = canonical(input, decodeHeader(input), encodeHeader);
    return [header, verdict(() => grandpaDigests(header))];
  },
  genuine: () => ({
    genesis: root.encoded,
    "set-change": at4.encoded,
    "second-change": at9.encoded,
    "every-item": encodeHeader(everyItem),
  }),
};
