import { Refusal } from "../error.ts";

/** @throws {@link Refusal} `http/bad-content-type` unless it is `application/json`, in UTF-8 if it says in what */
export function checkContentType(contentType: string | undefined): void {
  if (contentType === undefined || !/^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(contentType))
    throw new Refusal({ code: "http/bad-content-type" });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Keeps what is no JSON text away from the enclave. Only a courtesy: what a body means, and whether it is strict enough, the enclave decides.
 * @throws {@link Refusal} `http/bad-json`
 */
export function checkJsonText(body: Uint8Array): void {
  try {
    JSON.parse(utf8.decode(body));
  } catch (error) {
    // The parser's own message quotes the body: it goes no further than here.
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new Refusal({ code: "http/bad-json" });
    throw error;
  }
}
