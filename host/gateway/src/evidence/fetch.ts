/**
 * Fetches documents from servers that need not be trusted, because their documents are signed. Time and size
 * are limited, and redirects are not followed.
 */
import { BoundedBytes } from "@pruntime/core/bytes";
import { CollateralError } from "./error.ts";

/** One request. */
export interface Wanted {
  /** The name of the requested document, for errors. */
  readonly part: string;
  readonly url: string;
  readonly maxBytes: number;
  /** The time limit from the request to the last byte. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, sent as JSON by POST. */
  readonly json?: object;
}

/** A response. */
export interface Fetched {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Sends one request and reads the response. @throws {@link CollateralError} */
export async function fetchBounded(wanted: Wanted): Promise<Fetched> {
  const { part, url, timeoutMs, headers = {}, json } = wanted;
  const posted = json === undefined ? {} : { method: "POST", body: JSON.stringify(json) };
  const type = json === undefined ? {} : { "content-type": "application/json" };
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, {
      ...posted,
      headers: { ...headers, ...type },
      redirect: "error",
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new CollateralError({ code: "collateral/refused", part, status: response.status });
    }
    return { headers: response.headers, body: await readBounded(response, wanted) };
  } catch (error) {
    if (error instanceof CollateralError) throw error;
    const code =
      error instanceof Error && error.name === "TimeoutError"
        ? "collateral/timeout"
        : "collateral/unreachable";
    throw new CollateralError({ code, part }, { cause: error });
  }
}

async function readBounded({ body }: Response, { part, maxBytes }: Wanted): Promise<Uint8Array> {
  const read = new BoundedBytes(maxBytes);
  // Leaving the loop cancels the transfer.
  for await (const chunk of body ?? [])
    if (!read.add(chunk as Uint8Array))
      throw new CollateralError({ code: "collateral/too-large", part, limit: maxBytes });
  return read.bytes();
}

/** The text of a body. @throws {@link CollateralError} `collateral/garbage` */
export function textOf({ body }: Fetched, part: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch (error) {
    throw new CollateralError({ code: "collateral/garbage", part }, { cause: error });
  }
}

/**
 * Reads a certificate chain from the first header of `names` that the response has. Intel's services send
 * chains as URL-encoded PEM.
 * @throws {@link CollateralError} `collateral/garbage`
 */
export function chainOf({ headers }: Fetched, part: string, names: readonly string[]): string {
  const encoded = names.map((name) => headers.get(name)).find((value) => value !== null) ?? "";
  const pem = decoded(encoded);
  if (
    pem === undefined ||
    !/^(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*){1,4}$/.test(pem)
  )
    throw new CollateralError({ code: "collateral/garbage", part });
  return pem;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
