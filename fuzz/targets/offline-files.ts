import { readFileSync } from "node:fs";
import { fromUtf8 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import { parseJson } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { genesisOf } from "../../cli/src/offline/genesis.ts";
import { bytesOf, type Input } from "../../cli/src/offline/input.ts";
import { outputText } from "../../cli/src/offline/output-json.ts";
import { authoritiesOf, blockOf, extrinsicsOf, headerOf, proofOf } from "../../cli/src/offline/readers.ts";
import { stateVersionOf } from "../../cli/src/offline/runtime-code.ts";
import { chosen, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();

const readers: readonly ((input: Input) => object)[] = [
  authoritiesOf,
  (input) => decodeHeader(headerOf(input)),
  proofOf,
  blockOf,
  extrinsicsOf,
  (input) => genesisOf(crypto, input.kind === "json" ? input.value : null, undefined),
  (input) => ({ version: stateVersionOf(bytesOf(input)) }),
];

/**
 * Reads files of the offline commands. The first byte chooses the reader, and whether the file is JSON
 * (even) or binary (odd).
 */
export const target: Target = {
  words: [...jsonWords, "0x", "result", "jsonrpc", "genesis", "top"],
  run: (input) =>
    chosen(
      input,
      readers.flatMap((read) => [
        (text) =>
          outputText(
            read({ kind: "json", value: parseJson(fromUtf8(text), { maxLength: 1 << 20, maxDepth: 64 }) }),
          ),
        (bytes) => outputText(read({ kind: "bytes", bytes })),
      ]),
    ),
  genuine: () => {
    const file = (name: string) => readFileSync(new URL(`../../vectors/verify/${name}`, import.meta.url));
    const names = ["authorities", "header", "proof", "block", "extrinsics", "chain-spec"];
    const spec = JSON.parse(file("chain-spec.json").toString()) as {
      genesis: { raw: { top: Record<string, string> } };
    };
    const code = Buffer.from((spec.genesis.raw.top["0x3a636f6465"] ?? "0x").slice(2), "hex");
    return {
      ...Object.fromEntries(names.map((name, i) => [name, Uint8Array.of(2 * i, ...file(`${name}.json`))])),
      code: Uint8Array.of(13, ...code),
    };
  },
};
