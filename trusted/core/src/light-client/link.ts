import { equal } from "../bytes/index.ts";
import { headerHash, type ReceivedHeader } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { forEach, type Work } from "../work/index.ts";
import { LightClientError } from "./error.ts";
import { HeaderRun } from "./header-run.ts";
import type { FinalizedHeader, HashedHeader } from "./light-client.ts";

/**
 * The headers that are decoded or hashed in one unit of work.
 * @limit headers
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
export const headersPerUnit = 256;

/**
 * Hashes the headers of a batch and checks that each is the child of the previous one. Returns the headers
 * that are not final yet; the first of these is a child of `finalized` or of a staged header.
 * @throws {@link LightClientError} `headers/gap`, `headers/wrong-parent`, `headers/conflicts-finalized`
 */
export function* linkHeaders(
  crypto: Pick<Crypto, "blake2b256">,
  finalized: FinalizedHeader,
  headers: readonly ReceivedHeader[],
  staged: HeaderRun = HeaderRun.after(finalized),
): Work<HashedHeader[]> {
  const fresh: HashedHeader[] = [];
  let before: HashedHeader | undefined;
  yield* forEach(headers, headersPerUnit, ({ header, encodedHeader }) => {
    const next: HashedHeader = { header, hash: headerHash(crypto, encodedHeader) };
    const { number } = next.header;
    if (before !== undefined) assertChild(next, before.header.number, before.hash);
    else if (number > finalized.number) {
      const parent = staged.at(number - 1) ?? finalized;
      assertChild(next, parent.number, parent.hash);
    }
    if (number === finalized.number && !equal(next.hash, finalized.hash))
      throw new LightClientError({ code: "headers/conflicts-finalized", number });
    if (number > finalized.number) fresh.push(next);
    before = next;
  });
  return fresh;
}

function assertChild({ header }: HashedHeader, parentNumber: number, parentHash: Uint8Array): void {
  if (header.number !== parentNumber + 1)
    throw new LightClientError({ code: "headers/gap", want: parentNumber + 1, have: header.number });
  if (!equal(header.parentHash, parentHash))
    throw new LightClientError({ code: "headers/wrong-parent", number: header.number });
}
