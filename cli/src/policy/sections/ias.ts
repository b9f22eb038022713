/** The section `ias`: reports of Intel's retired EPID service. */
import type { SgxPolicy } from "@pruntime/core/attestation";
import { warning } from "../finding.ts";
import { enclaveEntries, enclaveLines, enclavesJson, lintEnclaves } from "./sgx.ts";
import type { SectionWords } from "./words.ts";

/** How `pruntime policy` explains, lints and prints the section `ias`. */
export const iasWords: SectionWords<SgxPolicy> = {
  about: "reports of Intel's retired EPID service",
  accepts: (ias) => enclaveLines("a report of Intel's retired EPID service about an enclave", ias),
  entries: enclaveEntries,
  platform: () => "epid",
  lint: (ias) => [
    ...lintEnclaves(ias),
    ...warning(
      true,
      "ias",
      "reports of Intel's EPID service are accepted: Intel retired it in 2025 " +
        "and no longer maintains its keys",
    ),
  ],
  json: enclavesJson,
};
