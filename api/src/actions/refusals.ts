/** HTTP statuses of refusals that several actions share. */

/** Of an action that changes or reads the runtime's state. */
export const halted = { "runtime/halted": 503 };

/** Of an action that needs a chain. */
export const needsChain = { ...halted, "runtime/not-initialized": 409 };

/** Of an action that asks the hardware for evidence. */
export const needsEvidence = {
  "quote/busy": 503,
  "quote/not-offered": 503,
  "quote/raced": 503,
  "quote/too-large": 503,
  "quote/unavailable": 503,
  "quote/unknown-format": 503,
  "quote/wrong-report-data": 503,
};
