/** Compares the blocks and times that a v2 query names with the chain that the worker has dispatched. */
import { equal } from "@pruntime/core/bytes";
import { type NamedBlock, QueryError, type QueryV2 } from "@pruntime/core/channel";
import { type Chain, genesisOf } from "../chain.ts";
import { maxQueryLife } from "./nonces.ts";

type Dates = Pick<QueryV2, "knownBlock" | "issuedAt" | "expiresAt" | "expiresAtMs">;

/**
 * Checks that the worker has dispatched the block that the client knows, and that the query has not expired.
 * @throws {@link QueryError} `query/ahead`, `query/unknown-block`, `query/block-too-old`, `query/expired`
 */
export function checkBlocks(chain: Chain, query: Dates): void {
  const { knownBlock, issuedAt, expiresAt, expiresAtMs } = query;
  const { number: dispatched, timeMs } = chain.dispatched;
  checkKnown(chain, knownBlock);
  if (issuedAt > dispatched) throw new QueryError({ code: "query/ahead", number: issuedAt, dispatched });
  const tooOld = dispatched - issuedAt > maxQueryLife;
  if (tooOld || expiresAt < dispatched || expiresAtMs < timeMs)
    throw new QueryError({ code: "query/expired", issuedAt, dispatched });
}

/** The genesis block is always known, because the worker was given its hash to trust. */
function checkKnown(chain: Chain, known: NamedBlock): void {
  const { number } = known;
  switch (number === 0 ? genesisRelation(chain, known) : chain.known.relationOf(known)) {
    case "known":
      return;
    case "ahead":
      throw new QueryError({ code: "query/ahead", number, dispatched: chain.dispatched.number });
    case "other":
      throw new QueryError({ code: "query/unknown-block", number });
    case "too-old":
      throw new QueryError({ code: "query/block-too-old", number });
  }
}

function genesisRelation(chain: Chain, { hash }: NamedBlock): "known" | "other" {
  return equal(hash, genesisOf(chain)) ? "known" : "other";
}
