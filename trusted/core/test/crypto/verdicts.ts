import type { Crypto, SignedMessage } from "../../src/crypto/index.ts";

/** The verdicts of a provider about votes. Waits where the provider uses other threads. */
export async function verdictsOf(
  crypto: Pick<Crypto, "ed25519">,
  items: readonly SignedMessage[],
  maxSecondLooks: number,
): Promise<boolean[]> {
  const verdicts: boolean[] = [];
  for (const verdict of crypto.ed25519.verifyVotes(items, maxSecondLooks))
    if (typeof verdict === "boolean") verdicts.push(verdict);
    else await verdict;
  return verdicts;
}
