import { describe, expect, it } from "vitest";
import { decodeAuthoritySetChange, encodeAuthoritySetChange } from "../../src/bridge-2020/index.ts";
import { fromHex, toHex } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { decodeLightClient, encodeLightClient, verifyHeaders } from "../../src/light-client/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { type BatchCase, batchCases } from "./cases.ts";

const file = "../../../../vectors/grandpa/batches.json";

/** Hex without prefix. */
interface Vector {
  readonly id: string;
  readonly client: string;
  readonly headers: readonly string[];
  readonly justification: string;
  readonly authoritySetChange?: string;
  /** An error code, or the client's state afterwards. */
  readonly expect: { readonly code: string } | { readonly client: string };
}

function toVector({ title, client, batch, expect }: BatchCase): Vector {
  const { headers, justification, authoritySetChange: change } = batch;
  return {
    id: title,
    client: toHex(encodeLightClient(client)),
    headers: headers.map(toHex),
    justification: toHex(justification),
    ...(change && { authoritySetChange: toHex(encodeAuthoritySetChange(change)) }),
    expect:
      typeof expect === "string"
        ? { code: expect }
        : { client: toHex(encodeLightClient(verifyHeaders(crypto, client, batch).next)) },
  };
}

describe("vectors/grandpa/batches.json", () => {
  it("matches the cases (`npx vitest run trusted/core/test/light-client --update` rewrites it)", async () => {
    await expect(`${JSON.stringify(batchCases.map(toVector), null, 1)}\n`).toMatchFileSnapshot(file);
  });

  it.each((vectors("grandpa/batches.json") as Vector[]).map((v) => [v.id, v] as const))("%s", (_, v) => {
    const verify = () => {
      const batch = {
        headers: v.headers.map(fromHex),
        justification: fromHex(v.justification),
        authoritySetChange:
          v.authoritySetChange === undefined
            ? undefined
            : decodeAuthoritySetChange(fromHex(v.authoritySetChange)),
      };
      return toHex(
        encodeLightClient(verifyHeaders(crypto, decodeLightClient(fromHex(v.client)), batch).next),
      );
    };
    if ("code" in v.expect) expect(verify).toThrow(expect.objectContaining({ code: v.expect.code }));
    else expect(verify()).toBe(v.expect.client);
  });
});
