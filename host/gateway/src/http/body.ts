import { Refusal } from "../error.ts";

/**
 * Checks the `Content-Type` header.
 * @throws {@link Refusal} `http/bad-content-type` unless the type is `application/json`. If the header names
 * a charset, the charset must be UTF-8.
 */
export function checkContentType(contentType: string | undefined): void {
  if (contentType === undefined || !/^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(contentType))
    throw new Refusal({ code: "http/bad-content-type" });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Refuses a body that is not JSON text, before the body reaches the enclave. The enclave itself checks the
 * content strictly.
 * @throws {@link Refusal} `http/bad-json`
 */
export function checkJsonText(body: Uint8Array): void {
  try {
    JSON.parse(utf8.decode(body));
  } catch (error) {
    // The parser's own message quotes the body, so it is not passed on.
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new Refusal({ code: "http/bad-json" });
    throw error;
  }
}
