/** The lanes of calls. */
export const lanes = ["operator", "status", "public", "evidence"] as const;

/**
 * A lane of calls. `operator` has the operator's calls, mainly the relay's, of which the enclave handles one
 * at a time. The enclave answers the calls of all other lanes between the slices of such a call: `status` has
 * those of the operator, and `public` those of all other callers. Calls for evidence have a lane of their
 * own, because hardware may take a second for one quote.
 */
export type Lane = (typeof lanes)[number];

/** Whether callers other than the operator use the lane, and so have shares of it. */
export function isShared(lane: Lane): boolean {
  return lane === "public" || lane === "evidence";
}
