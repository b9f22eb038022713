import { readFileSync } from "node:fs";
import { from0x } from "@pruntime/core/bytes";
import {
  compileEvents,
  decodeLegacyMetadata,
  decodeMetadata,
  isLegacyMetadata,
} from "@pruntime/core/metadata";
import { createDevchain } from "@pruntime/devchain";
import { type Target, verdict } from "../target.ts";

const sample = () =>
  from0x(readFileSync(new URL("../../vectors/verify/metadata.hex", import.meta.url), "utf8").trim());

export const target: Target = {
  maxLength: 65_536,
  run: (input) => {
    if (isLegacyMetadata(input)) return decodeLegacyMetadata(input);
    const metadata = decodeMetadata(input);
    return [metadata, verdict(() => typeof compileEvents(metadata).decode)];
  },
  genuine: async () => {
    const chain = await createDevchain({ mode: { kind: "manual" } });
    const [v14, v15, v16] = [chain.metadata(14), chain.metadata(15), chain.metadata(16)];
    chain.close();
    return { sample: sample(), "devchain-14": v14, "devchain-15": v15, "devchain-16": v16 };
  },
};
