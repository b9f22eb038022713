import { equal } from "../bytes/index.ts";
import type { Header } from "../chain/index.ts";
import { type Authority, encodeAuthorityList, FinalityError, grandpaDigests } from "../grandpa/index.ts";
import { LightClientError } from "./error.ts";
import { copyAuthorities, type HashedHeader, type PendingChange } from "./light-client.ts";

/**
 * Returns the change that is pending after these headers, or that takes effect at the last of them. As in the
 * node, only the first announcement in a header counts.
 * @param last the number of the last header
 * @throws {@link LightClientError} `headers/beyond-set-change`, `headers/overlapping-change`
 * @throws {@link FinalityError} `finality/forced-change`
 */
export function followChanges(
  pending: PendingChange | undefined,
  headers: readonly HashedHeader[],
  last: number,
): PendingChange | undefined {
  let change = pending;
  for (const { header } of headers) {
    const announced = announcedChange(header);
    if (announced !== undefined) {
      if (change !== undefined)
        throw new LightClientError({
          code: "headers/overlapping-change",
          number: header.number,
          enactsAt: change.enactsAt,
        });
      change = announced;
    }
    if (change !== undefined && last > change.enactsAt)
      throw new LightClientError({ code: "headers/beyond-set-change", enactsAt: change.enactsAt, last });
  }
  return change;
}

function announcedChange(header: Header): PendingChange | undefined {
  const digests = grandpaDigests(header);
  if (digests.some(({ kind }) => kind === "forced-change"))
    throw new FinalityError({ code: "finality/forced-change", number: header.number });
  const change = digests.find(({ kind }) => kind === "scheduled-change");
  if (change?.kind !== "scheduled-change") return undefined;
  const authorities = copyAuthorities(change.nextAuthorities);
  return { announcedAt: header.number, enactsAt: header.number + change.delay, authorities };
}

/** Returns whether two lists have the same authorities with the same weights in the same order. */
export function sameAuthorities(a: readonly Authority[], b: readonly Authority[]): boolean {
  return equal(encodeAuthorityList(a), encodeAuthorityList(b));
}
