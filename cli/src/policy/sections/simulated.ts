/** The section `simulated`: simulated evidence. */
import type { SimulatedPolicy } from "@pruntime/core/attestation";
import { warning } from "../finding.ts";
import type { SectionWords } from "./words.ts";

/** How `pruntime policy` explains, lints and prints the section `simulated`. */
export const simulatedWords: SectionWords<SimulatedPolicy> = {
  about: "simulated evidence",
  accepts: ({ measurements }) => {
    const code =
      measurements === undefined
        ? "any claimed measurement"
        : `the claimed measurement ${measurements.join(" or ")}`;
    return [`SIMULATED evidence, which proves nothing: anyone can make it. Accepted for ${code}`];
  },
  entries: ({ measurements }) => (measurements ?? ["any"]).map(() => ({ notAfterMs: undefined })),
  platform: () => undefined,
  lint: () =>
    warning(
      true,
      "simulated",
      "simulated evidence is accepted: it proves nothing, and anyone can make it. For development only",
    ),
  json: ({ measurements }) => ({ measurements: measurements ?? null }),
};
