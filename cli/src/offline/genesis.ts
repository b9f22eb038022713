import { concat, equal, utf8 } from "@pruntime/core/bytes";
import { encodeHeader, headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import {
  type Json,
  JsonError,
  type JsonObject,
  type JsonReader,
  json0x,
  jsonAny,
  jsonObject,
  jsonOptional,
} from "@pruntime/core/json";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { orderedRoot, type StateVersion, Trie } from "@pruntime/core/trie";
import { OfflineError } from "./error.ts";
import { stateVersionOf } from "./runtime-code.ts";

/** The genesis block of a chain specification. */
export interface Genesis {
  readonly genesisHash: Uint8Array;
  readonly encodedHeader: Uint8Array;
  readonly state: Trie;
  readonly stateVersion: StateVersion;
}

type Entry<T> = readonly [key: Uint8Array, value: T];

/** Reads an object whose keys are hex. */
function jsonEntries<T>(value: JsonReader<T>): JsonReader<readonly Entry<T>[]> {
  return (json, at) => {
    if (!isObject(json)) throw new JsonError({ code: "json/wrong-type", at, want: "object" });
    return Object.entries(json).map(([key, member]) => [json0x()(key, at), value(member, at)]);
  };
}

const jsonState = jsonEntries(json0x());
const jsonSpec = jsonObject({ genesis: jsonAny }, "ignored");
const jsonRaw = jsonObject(
  { top: jsonState, childrenDefault: jsonOptional(jsonEntries(jsonState)) },
  "ignored",
);

/**
 * Computes the genesis block of a raw chain specification.
 * @param version the version of the state; `undefined` to read it from the runtime code
 * @throws {@link OfflineError} @throws JsonError @throws TrieError
 */
export function genesisOf(
  crypto: Pick<Crypto, "blake2b256">,
  json: Json,
  version: StateVersion | undefined,
): Genesis {
  const { genesis } = jsonSpec(json, "");
  if (!isObject(genesis) || genesis["raw"] === undefined) throw new OfflineError({ code: "spec/not-raw" });
  const { top, childrenDefault = [] } = jsonRaw(genesis["raw"], "/genesis/raw");
  const stateVersion = version ?? stateVersionOf(codeIn(top));
  const stateOf = (entries: readonly Entry<Uint8Array>[]) =>
    Trie.from({ hash: crypto.blake2b256, version: stateVersion }, entries);
  const children = childrenDefault.filter(([, entries]) => entries.length > 0);
  const state = stateOf([
    ...top,
    ...children.map(([key, entries]) => [concat(childPrefix, key), stateOf(entries).root] as const),
  ]);
  const encodedHeader = headerWith(crypto, state.root);
  return { genesisHash: headerHash(crypto, encodedHeader), encodedHeader, state, stateVersion };
}

/** The prefix of the keys that store the roots of the state's child tries. */
const childPrefix: Uint8Array = utf8(":child_storage:default:");

function headerWith(crypto: Pick<Crypto, "blake2b256">, stateRoot: Uint8Array): Uint8Array {
  const extrinsicsRoot = orderedRoot(crypto.blake2b256, []);
  return encodeHeader({ parentHash: new Uint8Array(32), number: 0, stateRoot, extrinsicsRoot, digest: [] });
}

function codeIn(entries: readonly Entry<Uint8Array>[]): Uint8Array {
  const code = entries.find(([key]) => equal(key, wellKnownKeys.code));
  if (code === undefined) throw new OfflineError({ code: "spec/no-code" });
  return code[1];
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
