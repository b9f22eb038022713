/** JSON from untrusted senders: parser, typed readers, canonical text. */
export * from "./canonical.ts";
export * from "./compounds.ts";
export * from "./error.ts";
export * from "./json.ts";
export * from "./parse.ts";
export {
  decodeJson,
  decodeJsonWork,
  type JsonReader,
  type JsonSchema,
  jsonAnnotated,
  jsonMap,
  jsonReader,
  type Read,
  schemaOf,
  type Wire,
} from "./reader.ts";
export {
  json0x,
  jsonAny,
  jsonBase64,
  jsonBool,
  jsonEnum,
  jsonHex,
  jsonPattern,
  jsonString,
  jsonU32,
  jsonU64,
  jsonU128Text,
} from "./scalars.ts";
