/**
 * Headers that no justification has proven yet. While finality stalls, a chain makes blocks without
 * justifications, and the justification that ends the stall proves all of these blocks. Staged headers are
 * linked by their parent hashes, so a later justification of the last header proves every one of them. Until
 * then they have no effect.
 */
import { equal } from "../bytes/index.ts";
import type { ReceivedHeader } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { complete, type Work } from "../work/index.ts";
import { LightClientError } from "./error.ts";
import { HeaderRun } from "./header-run.ts";
import { type HashedHeader, type LightClient, type PendingChange, toFinalized } from "./light-client.ts";
import { linkHeaders } from "./link.ts";
import { followChanges } from "./set-change.ts";

/** Headers after the finalized block, and the change of authorities that they announce. */
export interface StagedHeaders {
  readonly headers: HeaderRun;
  readonly change: PendingChange | undefined;
}

/** The staged headers of a light client for which nothing is staged yet. */
export function nothingStaged({ finalized }: LightClient): StagedHeaders {
  return { headers: HeaderRun.after(finalized), change: undefined };
}

/**
 * The headers that wait for their justification.
 * @limit headers
 * @source chosen: about a month of blocks at 6 s each, in 47 MB of memory
 * @past `headers/staging-full`
 */
export const maxStaged = 480_000;

/**
 * Stages headers. Headers that are final or staged already are skipped. The first new header must be a child
 * of the finalized block or of a staged header. If a header differs from the staged header with the same
 * number, the new headers replace the staged ones from this number on.
 * @throws {@link LightClientError} `headers/empty`, `headers/gap`, `headers/wrong-parent`,
 * `headers/conflicts-finalized`, `headers/beyond-set-change`, `headers/overlapping-change`,
 * `headers/staging-full`
 * @throws FinalityError `finality/forced-change`
 */
export function stageHeaders(
  crypto: Pick<Crypto, "blake2b256">,
  trusted: LightClient,
  staged: StagedHeaders,
  headers: readonly ReceivedHeader[],
): StagedHeaders {
  return complete(stageHeadersWork(crypto, trusted, staged, headers));
}

/** Does what {@link stageHeaders} does, in units. @throws as {@link stageHeaders} */
export function* stageHeadersWork(
  crypto: Pick<Crypto, "blake2b256">,
  trusted: LightClient,
  staged: StagedHeaders,
  headers: readonly ReceivedHeader[],
): Work<StagedHeaders> {
  if (headers.length === 0) throw new LightClientError({ code: "headers/empty" });
  const { kept, fresh } = replaceFrom(
    staged.headers,
    yield* linkHeaders(crypto, trusted.finalized, headers, staged.headers),
  );
  const last = fresh.at(-1);
  if (last === undefined) return staged;
  const change = followChanges(pendingAfter(trusted, staged, kept), fresh, last.header.number);
  return {
    headers: kept.append(fresh.map(toFinalized)),
    change: change === trusted.pending[0] ? undefined : change,
  };
}

/**
 * Finds the first linked header that is not staged yet.
 * @returns `fresh`: that header and all after it; `kept`: the staged headers before it, or all staged headers
 * if nothing is fresh
 * @throws {@link LightClientError} `headers/staging-full`
 */
export function replaceFrom(
  staged: HeaderRun,
  linked: readonly HashedHeader[],
): { readonly kept: HeaderRun; readonly fresh: readonly HashedHeader[] } {
  const isStaged = ({ header, hash }: HashedHeader): boolean => {
    const known = staged.at(header.number);
    return known !== undefined && equal(known.hash, hash);
  };
  const at = linked.findIndex((header) => !isStaged(header));
  const fresh = at < 0 ? [] : linked.slice(at);
  const first = fresh[0]?.header.number;
  const kept = first === undefined ? staged : staged.upTo(first - 1);
  if (kept.length + fresh.length > maxStaged)
    throw new LightClientError({ code: "headers/staging-full", limit: maxStaged });
  return { kept, fresh };
}

/** The change that is pending after `headers`, which are the first of the staged headers. */
export function pendingAfter(
  trusted: LightClient,
  { change }: StagedHeaders,
  headers: HeaderRun,
): PendingChange | undefined {
  const announced = change !== undefined && change.announcedAt <= headers.tip.number;
  return trusted.pending[0] ?? (announced ? change : undefined);
}
