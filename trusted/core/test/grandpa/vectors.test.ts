import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  type AuthoritySet,
  decodeAuthorityList,
  decodeJustification,
  encodeAuthorityList,
  encodeJustification,
  type FinalityError,
  verifyJustification,
} from "../../src/grandpa/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { type Case, justificationCases } from "./cases.ts";

const file = "../../../../vectors/grandpa/justifications.json";

/** A published case. Byte strings are hex without a prefix, and the set id is a decimal string. */
interface Vector {
  readonly id: string;
  readonly expect: string;
  readonly setId: string;
  readonly authorities: string;
  readonly targetHash: string;
  readonly targetNumber: number;
  readonly justification: string;
}

function toVector({ title, expect, trusted, target, justification }: Case): Vector {
  return {
    id: title,
    expect,
    setId: trusted.setId.toString(),
    authorities: toHex(encodeAuthorityList(trusted.authorities)),
    targetHash: toHex(target.hash),
    targetNumber: target.number,
    justification: toHex(encodeJustification(justification)),
  };
}

describe("vectors/grandpa/justifications.json", () => {
  it("matches the cases (`npx vitest run trusted/core/test/grandpa --update` rewrites it)", async () => {
    await expect(`${JSON.stringify(justificationCases.map(toVector), null, 1)}\n`).toMatchFileSnapshot(file);
  });

  it.each((vectors("grandpa/justifications.json") as Vector[]).map((v) => [v.expect, v.id, v] as const))(
    "%s: %s",
    (_, __, v) => {
      const trusted: AuthoritySet = {
        setId: BigInt(v.setId),
        authorities: decodeAuthorityList(fromHex(v.authorities)),
      };
      const verify = () => {
        const target = { hash: fromHex(v.targetHash), number: v.targetNumber };
        verifyJustification(crypto, trusted, target, decodeJustification(fromHex(v.justification)));
      };
      if (v.expect === "accept") expect(verify).not.toThrow();
      else expect(verify).toThrow(expect.objectContaining({ code: v.expect }) as FinalityError);
    },
  );
});
