/**
 * A JSON parser (RFC 8259) for text from untrusted senders. It is stricter than `JSON.parse` where two
 * parsers could disagree: it refuses duplicate keys, lone surrogates and numbers out of range. It limits the
 * length, the depth and the number of objects and arrays, and treats `__proto__` like any other key.
 */
import { bytesPerUnit, complete, type Work } from "../work/index.ts";
import { JsonError } from "./error.ts";
import { defaultLimits, type Json, type JsonLimits } from "./json.ts";

/**
 * Reads a text that consists of one JSON value.
 * @throws {@link JsonError}
 */
export function parseJson(text: string, limits: JsonLimits = defaultLimits): Json {
  return complete(parseJsonWork(text, limits));
}

/** Does what {@link parseJson} does, in units. @throws as {@link parseJson} */
export function* parseJsonWork(text: string, limits: JsonLimits): Work<Json> {
  if (text.length > limits.maxLength)
    throw new JsonError({ code: "json/too-long", length: text.length, limit: limits.maxLength });
  const parser = new Parser(text, limits.maxDepth);
  while (!parser.run(bytesPerUnit)) yield;
  return parser.value;
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

/** An array or object whose end has not been read yet, and the key of the member that is being read. */
interface Open {
  readonly value: Json[] | Record<string, Json>;
  key: string;
}

/** What comes next in the text. */
type Next = "value" | "first item" | "first key" | "key" | "colon" | "end of value";

/** A parser that can pause before any token and inside a string. It therefore does not recurse. */
class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  /** The end of the present unit. */
  #pauseAt = 0;
  #next: Next = "value";
  /** The arrays and objects around the present position, the innermost last. */
  readonly #open: Open[] = [];
  #containers = 0;
  #value: Json = null;
  #inString = false;
  /** The offset of the last string's first quote. */
  #quoteAt = 0;
  /** The last string's value up to `#unread`, an offset in the text. */
  #read = "";
  #unread = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  /** The value of the text, once {@link run} has returned `true`. */
  get value(): Json {
    return this.#value;
  }

  /** Reads about this many characters, and returns whether the text has ended. */
  run(characters: number): boolean {
    this.#pauseAt = this.#at + characters;
    for (;;) {
      if (!this.#inString) this.#skipSpace();
      if (this.#at >= this.#pauseAt) return false;
      if (this.#inString) this.#string();
      else if (this.#next === "end of value" && this.#open.length === 0) break;
      else this.#token(this.#text[this.#at]);
    }
    if (this.#at < this.#text.length) throw new JsonError({ code: "json/trailing", offset: this.#at });
    return true;
  }

  /** Reads a token, or the first quote of a string. */
  #token(mark: string | undefined): void {
    switch (this.#next) {
      case "first key":
        if (mark === "}") this.#close();
        else this.#quote(mark);
        break;
      case "key":
        this.#quote(mark);
        break;
      case "colon":
        this.#mark(mark === ":", "value");
        break;
      case "first item":
        if (mark === "]") this.#close();
        else this.#startOfValue(mark);
        break;
      case "value":
        this.#startOfValue(mark);
        break;
      case "end of value":
        this.#afterValue(mark);
    }
  }

  #startOfValue(mark: string | undefined): void {
    switch (mark) {
      case "{":
        this.#enter(Object.create(null) as Record<string, Json>, "first key");
        break;
      case "[":
        this.#enter([], "first item");
        break;
      case '"':
        this.#quote(mark);
        break;
      case "t":
        this.#literal("true", true);
        break;
      case "f":
        this.#literal("false", false);
        break;
      case "n":
        this.#literal("null", null);
        break;
      default:
        this.#number();
    }
  }

  #enter(value: Open["value"], next: Next): void {
    if (this.#open.length >= this.#maxDepth)
      throw new JsonError({ code: "json/too-deep", offset: this.#at, limit: this.#maxDepth });
    if (++this.#containers > maxContainers)
      throw new JsonError({ code: "json/too-many", offset: this.#at, limit: maxContainers });
    this.#open.push({ value, key: "" });
    this.#mark(true, next);
  }

  #afterValue(mark: string | undefined): void {
    const isArray = Array.isArray(this.#open.at(-1)?.value);
    if (mark === (isArray ? "]" : "}")) this.#close();
    else this.#mark(mark === ",", isArray ? "value" : "key");
  }

  #close(): void {
    this.#at++;
    this.#end((this.#open.pop() as Open).value);
  }

  /** Reads a mark of one character, unless it is the wrong one. */
  #mark(isRight: boolean, next: Next): void {
    if (!isRight) throw this.#syntax();
    this.#at++;
    this.#next = next;
  }

  /** Adds a value that has ended to the array or object around it. */
  #end(value: Json): void {
    const around = this.#open.at(-1);
    if (around === undefined) this.#value = value;
    else if (Array.isArray(around.value)) around.value.push(value);
    else around.value[around.key] = value;
    this.#next = "end of value";
  }

  #quote(mark: string | undefined): void {
    this.#quoteAt = this.#at;
    this.#mark(mark === '"', this.#next);
    this.#read = "";
    this.#unread = this.#at;
    this.#inString = true;
  }

  /** Reads a string to its end, or to the end of the unit. */
  #string(): void {
    const [text, pauseAt] = [this.#text, this.#pauseAt];
    while (this.#at < pauseAt) {
      // at the end of the text, `unit` is NaN: every comparison is false, and the string is refused
      const unit = text.charCodeAt(this.#at);
      if (unit === 0x22) {
        this.#inString = false;
        this.#endOfString(this.#read + text.slice(this.#unread, this.#at++));
        return;
      }
      if (unit === 0x5c) {
        this.#read += text.slice(this.#unread, this.#at) + this.#escape();
        this.#unread = this.#at;
      } else if (unit >= 0xd800 && unit <= 0xdfff) this.#pair(unit);
      else if (unit >= 0x20) this.#at++;
      else throw this.#badString();
    }
  }

  #endOfString(text: string): void {
    const around = this.#open.at(-1);
    if (around === undefined || (this.#next !== "first key" && this.#next !== "key")) {
      this.#end(text);
      return;
    }
    if (text in around.value) throw new JsonError({ code: "json/duplicate-key", offset: this.#quoteAt });
    around.key = text;
    this.#next = "colon";
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

  #number(): void {
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
    this.#end(Number.isSafeInteger(value) || /[.eE]/.test(token) ? value + 0 : BigInt(token));
  }

  #literal(word: string, value: boolean | null): void {
    if (!this.#text.startsWith(word, this.#at)) throw this.#syntax();
    this.#at += word.length;
    this.#end(value);
  }

  #skipSpace(): void {
    while (this.#at < this.#pauseAt) {
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
