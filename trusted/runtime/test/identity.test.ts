import { portableCrypto } from "@pruntime/core/crypto";
import { drawSecrets, identityOf } from "@pruntime/runtime";
import { expect, it } from "vitest";
import { codeOf } from "../../core/test/support/code.ts";

it("runtime/bad-random: draws again if a secret is not a scalar, but gives up eventually", () => {
  const zeros = () => new Uint8Array(32);
  expect(codeOf(() => drawSecrets(portableCrypto, zeros))).toBe("runtime/bad-random");
  let draws = 0;
  const secrets = drawSecrets(portableCrypto, (length) =>
    new Uint8Array(length).fill(draws++ < 3 ? 0 : draws),
  );
  expect(
    Object.values(secrets as unknown as Record<string, Uint8Array>).some((secret) => secret.includes(0)),
  ).toBe(false);
  identityOf(portableCrypto, secrets);
});

it("runtime/bad-record: refuses secrets that are not scalars", () => {
  const [zero, one] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
  for (const secrets of [
    { signing: zero, ecdhSecret: one, stateKey: zero },
    { signing: one, ecdhSecret: zero, stateKey: zero },
  ])
    expect(codeOf(() => identityOf(portableCrypto, secrets))).toBe("runtime/bad-record");
  identityOf(portableCrypto, { signing: one, ecdhSecret: one, stateKey: zero });
});
