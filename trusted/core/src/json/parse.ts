/**
 * A JSON parser (RFC 8259) for text from untrusted senders. It is stricter than `JSON.parse` where two
 * parsers could disagree: it refuses duplicate keys, lone surrogates and numbers out of range. It limits the
 * length, the depth and the number of objects and arrays, and treats `__proto__` like any other key.
 */
import { JsonError } from "./error.ts";
import { defaultLimits, type Json, type JsonLimits } from "./json.ts";

/**
 * Reads a text that consists of one JSON value.
 * @throws {@link JsonError}
 */
export function parseJson(text: string, limits: JsonLimits = defaultLimits): Json {
  if (text.length > limits.maxLength)
    throw new JsonError({ code: "json/too-long", length: text.length, limit: limits.maxLength });
  const parser = new Parser(text, limits.maxDepth);
  const value = parser.value(0);
  parser.end();
  return value;
}

const simpleEscapes: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * The objects and arrays in one JSON text.
 * @limit objects and arrays
 * @source chosen: an object can be as short as two characters, but uses about two hundred bytes of memory
 * once it is parsed
 * @past `json/too-many`
 */
export const maxContainers: number = 1 << 18;

/**
 * The length of one number in a JSON text.
 * @limit characters
 * @source chosen: every number in the interface is shorter
 * @past `json/bad-number`
 */
const maxNumberLength = 64;

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  #containers = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  value(depth: number): Json {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case "t":
        return this.#literal("true", true);
      case "f":
        return this.#literal("false", false);
      case "n":
        return this.#literal("null", null);
      default:
        return this.#number();
    }
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new JsonError({ code: "json/trailing", offset: this.#at });
  }

  #object(depth: number): Json {
    this.#enter(depth);
    const object = Object.create(null) as Record<string, Json>;
    if (this.#takeAfterSpace("}")) return object;
    do {
      this.#skipSpace();
      const offset = this.#at;
      const key = this.#string();
      if (key in object) throw new JsonError({ code: "json/duplicate-key", offset });
      if (!this.#takeAfterSpace(":")) throw this.#syntax();
      object[key] = this.value(depth);
    } while (this.#takeAfterSpace(","));
    if (!this.#takeAfterSpace("}")) throw this.#syntax();
    return object;
  }

  #array(depth: number): Json {
    this.#enter(depth);
    const items: Json[] = [];
    if (this.#takeAfterSpace("]")) return items;
    do items.push(this.value(depth));
    while (this.#takeAfterSpace(","));
    if (!this.#takeAfterSpace("]")) throw this.#syntax();
    return items;
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth)
      throw new JsonError({ code: "json/too-deep", offset: this.#at, limit: this.#maxDepth });
    if (++this.#containers > maxContainers)
      throw new JsonError({ code: "json/too-many", offset: this.#at, limit: maxContainers });
    this.#at++;
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#syntax();
    let start = ++this.#at;
    let read = "";
    for (;;) {
      // at the end of the text, `unit` is NaN: every comparison is false, and the string is refused
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x22) {
        read += this.#text.slice(start, this.#at++);
        return read;
      }
      if (unit === 0x5c) {
        read += this.#text.slice(start, this.#at) + this.#escape();
        start = this.#at;
      } else if (unit >= 0xd800 && unit <= 0xdfff) this.#pair(unit);
      else if (unit >= 0x20) this.#at++;
      else throw this.#badString();
    }
  }

  #escape(): string {
    const name = this.#text[this.#at + 1] ?? "";
    const simple = simpleEscapes[name];
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const unit = this.#unicodeEscape();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    const low = unit < 0xdc00 ? this.#unicodeEscape() : -1;
    if (low < 0xdc00 || low > 0xdfff) throw this.#badString();
    return String.fromCharCode(unit, low);
  }

  #unicodeEscape(): number {
    const match = /^\\u[0-9a-fA-F]{4}$/.test(this.#text.slice(this.#at, this.#at + 6));
    if (!match) throw this.#badString();
    const unit = Number.parseInt(this.#text.slice(this.#at + 2, this.#at + 6), 16);
    this.#at += 6;
    return unit;
  }

  /** Skips a surrogate pair that the text contains unescaped. */
  #pair(high: number): void {
    const low = this.#text.charCodeAt(this.#at + 1);
    if (high > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) throw this.#badString();
    this.#at += 2;
  }

  #number(): number | bigint {
    const offset = this.#at;
    const token = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/.exec(
      this.#text.slice(offset, offset + maxNumberLength + 1),
    )?.[0];
    if (token === undefined) throw this.#syntax();
    const value = Number(token);
    if (token.length > maxNumberLength || !Number.isFinite(value))
      throw new JsonError({ code: "json/bad-number", offset });
    this.#at += token.length;
    // `+ 0` turns negative zero into zero
    return Number.isSafeInteger(value) || /[.eE]/.test(token) ? value + 0 : BigInt(token);
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#syntax();
    this.#at += word.length;
    return value;
  }

  #takeAfterSpace(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #syntax(): JsonError {
    return new JsonError({ code: "json/bad-syntax", offset: this.#at });
  }

  #badString(): JsonError {
    return new JsonError({ code: "json/bad-string", offset: this.#at });
  }
}
