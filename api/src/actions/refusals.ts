/** The HTTP statuses of errors that several actions share. */

/** The errors of an action that reads or changes the runtime's state. */
export const halted = { "runtime/halted": 503 };

/** The errors of an action that needs a chain. */
export const needsChain = { ...halted, "runtime/not-initialized": 409 };

/** The errors of an action that a worker refuses while it is below its mark. */
export const belowMark = { "runtime/below-mark": 503 };

/** The errors of an action that needs a chain, and a worker that has reached its mark. */
export const needsMark = { ...needsChain, ...belowMark };

/** The errors of an action that requests evidence from the hardware. */
export const needsEvidence = {
  "quote/busy": 503,
  "quote/not-offered": 503,
  "quote/raced": 503,
  "quote/too-large": 503,
  "quote/unavailable": 503,
  "quote/unknown-format": 503,
  "quote/wrong-report-data": 503,
};

/** The errors of an action that runs the chain's code. */
export const runsCode = { "enclave/no-interpreter": 503 };
