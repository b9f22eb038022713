import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import { Broken, type Target } from "../target.ts";

/** Texts to insert, for all targets that read JSON. */
export const jsonWords: readonly string[] = [
  ...'{}[]:,"\\ \n\t',
  "null",
  "true",
  "false",
  "-",
  "0",
  "-0",
  "1e999",
  "1E-5",
  "0.1",
  "9007199254740993",
  "\\u0000",
  "\\ud800",
  "\\udc00",
  "\ufeff",
  "__proto__",
  '""',
  '{"":',
  "[[[[[[[[",
  "]]]]]]]]",
  "\\/",
  "1234567890123456789012345678901234567890",
];

/** Whether JavaScript's own parser accepts a text. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const target: Target = {
  words: jsonWords,
  run: (input) => {
    const text = fromUtf8(input);
    const value = parseJson(text);
    if (!isJson(text)) throw new Broken("accepted a text that JSON.parse refuses");
    const canonical = canonicalJson(value);
    if (canonicalJson(parseJson(canonical)) !== canonical)
      throw new Broken("the canonical text is not its own canonical text");
    return value;
  },
  genuine: () => ({
    scalars: utf8('[null,true,false,0,-1,12345678901234567890,"é\\u00e9\\ud83d\\ude00"]'),
    object: utf8('{"a":{"b":[1,2,{"c":"\\n\\t\\"\\\\"}]},"__proto__":1,"é":"𝄞"}'),
    spaced: utf8(' { "a" : [ 1 , 2 ] } \r\n'),
    nested: utf8(`${"[".repeat(60)}${"]".repeat(60)}`),
  }),
};
