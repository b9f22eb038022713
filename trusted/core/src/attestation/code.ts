/** The facts by which a policy recognizes code, as a lineage keeps them (lineage.ts). */
import {
  JsonError,
  type JsonObject,
  type JsonReader,
  jsonAnyObject,
  jsonMap,
  jsonPattern,
} from "../json/index.ts";

/**
 * Facts about code, by name: measurements in lower-case hex, and versions as decimal numbers. The names are
 * those of authentic evidence, such as `mrenclave`, `isvSvn`, `rtmr1` and `compose-hash`.
 */
export type Code = Readonly<Record<string, string>>;

/**
 * The facts about code in an entry of a lineage.
 * @limit facts
 * @source an Azure guest has 24 PCRs and a launch measurement
 * @past `json/out-of-range`
 */
const maxFacts = 32;

const name = /^[0-9A-Za-z-]{1,32}$/;
const value = jsonPattern(/^[0-9a-z]{1,128}$/, "up to 128 digits and letters");

/** A policy compares versions as numbers, so a version has one form: `1e9` and `0x10` are none. */
const version = jsonPattern(/^(?:0|[1-9][0-9]{0,9})$/, "a decimal number");
const versions: readonly string[] = ["isvProdId", "isvSvn", "guestSvn"];

/** Reads facts about code: at least one. @throws JsonError */
export const jsonCode: JsonReader<Code, JsonObject> = jsonMap(jsonAnyObject, (read, at) => {
  const facts = Object.entries(read);
  if (facts.length === 0 || facts.length > maxFacts || !facts.every(([key]) => name.test(key)))
    throw new JsonError({ code: "json/out-of-range", at, want: `1 to ${maxFacts} facts with short names` });
  return Object.fromEntries(
    facts.map(([key, fact]) => [key, (versions.includes(key) ? version : value)(fact, `${at}/${key}`)]),
  );
});
