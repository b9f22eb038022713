/** The section `azure`: guests of Azure. */
import type { AzurePolicy } from "@pruntime/core/attestation";
import { error } from "../finding.ts";
import { lintSnpRules, snpRulesJson, snpRulesLine } from "./snp.ts";
import { lintTdxRules, rulesLine, tdxRulesJson } from "./tdx.ts";
import { dated, given, type SectionWords, until } from "./words.ts";

/** How `pruntime policy` explains, lints and prints the section `azure`. */
export const azureWords: SectionWords<AzurePolicy> = {
  about: "guests of Azure",
  accepts: (azure) => {
    if (!hasHardware(azure)) return [];
    const on = [
      ...(azure.tdx === undefined ? [] : [`on TDX: ${rulesLine(azure.tdx)}`]),
      ...(azure.snp === undefined ? [] : [`on SEV-SNP: ${snpRulesLine(azure.snp)}`]),
    ].join("; ");
    return azure.images.map(({ launch, pcrs, ...entry }) => {
      const wanted = Object.entries(pcrs).map(([number, value]) => `PCR ${number} ${value}`);
      return `a guest of Azure below the paravisor ${launch} with ${wanted.join(", ")}${until(entry)}; ${on}`;
    });
  },
  entries: (azure) => (hasHardware(azure) ? azure.images : []),
  platform: ({ tdx }) => (tdx === undefined ? undefined : "collateral"),
  lint: (azure, general) => [
    ...(azure.tdx === undefined ? [] : lintTdxRules("azure.tdx", azure.tdx)),
    ...(azure.snp === undefined ? [] : lintSnpRules("azure.snp", azure.snp, general)),
    ...error(
      !hasHardware(azure),
      "no-hardware",
      "azure has neither a section tdx nor a section snp, so every guest of Azure is refused",
    ),
  ],
  json: ({ images, tdx, snp }) => ({
    images: images.map(({ launch, pcrs, notAfterMs }) => ({ launch, pcrs, ...dated({ notAfterMs }) })),
    ...given("tdx", tdx && tdxRulesJson(tdx)),
    ...given("snp", snp && snpRulesJson(snp)),
  }),
};

function hasHardware({ tdx, snp }: AzurePolicy): boolean {
  return tdx !== undefined || snp !== undefined;
}
