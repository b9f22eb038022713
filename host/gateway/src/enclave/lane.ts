/** The lanes of calls. */
export const lanes = ["operator", "status", "public", "evidence"] as const;

/**
 * A lane of calls. `operator` has the operator's calls, mainly the relay's, of which the enclave handles one
 * at a time. The enclave answers the calls of all other lanes between the slices of such a call: `status` has
 * those of the operator, and `public` those of all other callers. Calls for evidence have a lane of their
 * own, because hardware may take a second for one quote.
 */
export type Lane = (typeof lanes)[number];

/**
 * The number of calls of each lane that may be on the enclave's pipe at the same time. The next call of the
 * operator is sent only when the enclave has nothing long to do, because a large body on the pipe would delay
 * the queries behind it. With 2, the next query is already on the pipe when the enclave answers a query.
 */
export const places: Readonly<Record<Lane, number>> = {
  operator: 1,
  status: 1,
  public: 2,
  evidence: 1,
};

/** Whether callers other than the operator use the lane, and so have shares of it. */
export function isShared(lane: Lane): boolean {
  return lane === "public" || lane === "evidence";
}
