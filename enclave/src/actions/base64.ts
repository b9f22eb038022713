/**
 * Decodes the base64 in an action's input, in units. The rows leave these texts undecoded, because they can
 * be megabytes long.
 */
import { BytesError, encodedCharactersPerUnit, fromBase64Work } from "@pruntime/core/bytes";
import type { ProtocolError } from "@pruntime/core/errors";
import { JsonError } from "@pruntime/core/json";
import type { Work } from "@pruntime/core/work";
import { Refusal2020 } from "./action.ts";

/** Makes the refusal of a text that is not base64. `index` is the text's position in its list. */
type Refusal = (cause: BytesError, index: number) => ProtocolError;

/** The refusal of a text in the field `field` of the input. The field has one text. */
export function atField(field: string): Refusal {
  return (cause) =>
    new JsonError({ code: "json/wrong-type", at: `/input/${field}`, want: "base64" }, { cause });
}

/** The refusal of a text in the list `field` of the input. */
export function atItemOf(field: string): Refusal {
  return (cause, index) => atField(`${field}/${index}`)(cause, index);
}

/** The refusal with a message of 2020. */
export function inWords(words: string): Refusal {
  return ({ detail }) => new Refusal2020(words, detail);
}

/** Decodes one text. @throws what `refusal` returns */
export function* base64Of(text: string, refusal: Refusal, index = 0): Work<Uint8Array> {
  try {
    return yield* fromBase64Work(text);
  } catch (error) {
    throw error instanceof BytesError ? refusal(error, index) : error;
  }
}

/**
 * Decodes a list of texts. One unit of work decodes as many characters as of a single text. Each text counts
 * 64 characters more than it has.
 * @throws what `refusal` returns
 */
export function* base64OfAll(texts: readonly string[], refusal: Refusal): Work<Uint8Array[]> {
  const decoded: Uint8Array[] = [];
  let left = encodedCharactersPerUnit;
  for (const [index, text] of texts.entries()) {
    decoded.push(yield* base64Of(text, refusal, index));
    left -= 64 + text.length;
    if (left > 0) continue;
    yield;
    left = encodedCharactersPerUnit;
  }
  return decoded;
}
