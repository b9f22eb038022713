/** A guest of Azure: the hardware vouches for the paravisor, and the paravisor's vTPM for what it booted. */
import type { AuthenticAzure } from "../authentic.ts";
import type { AzureImage, AzurePolicy } from "./policy.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";
import { snpRules } from "./snp.ts";
import { tdxRules } from "./tdx.ts";

export function azureRules(policy: AzurePolicy, guest: AuthenticAzure, atMs: number): readonly Reason[] {
  return [...hardwareRules(policy, guest), ...images(policy, guest, atMs)];
}

function hardwareRules(policy: AzurePolicy, { hardware }: AuthenticAzure): readonly Reason[] {
  if (hardware.kind === "tdx")
    return policy.tdx === undefined ? [noHardware("tdx")] : tdxRules(policy.tdx, hardware);
  return policy.snp === undefined ? [noHardware("snp")] : snpRules(policy.snp, hardware);
}

function noHardware(kind: "tdx" | "snp"): Reason {
  return {
    rule: "kind",
    said: `the policy accepts no guest of Azure on ${kind}: its section azure has no section ${kind}`,
  };
}

function images(policy: AzurePolicy, guest: AuthenticAzure, atMs: number): readonly Reason[] {
  const { kind, measurements } = guest.hardware;
  const launch = measurements[kind === "tdx" ? "mrtd" : "measurement"];
  const attempts = policy.images
    .filter((image) => image.launch === launch)
    .map((image) => [...pcrs(image, guest.pcrs), ...inDate(image, `the paravisor ${launch}`, atMs)]);
  return anyOf(attempts, {
    rule: "measurement",
    said: `the policy names no paravisor with launch measurement ${launch}`,
  });
}

function pcrs(image: AzureImage, have: Readonly<Record<string, string>>): readonly Reason[] {
  const wrong = Object.entries(image.pcrs).filter(([number, want]) => have[number] !== want);
  return unless(wrong.length === 0, "pcrs", () =>
    wrong.map(([number, want]) => `PCR ${number} is ${have[number]}, not ${want}`).join("; "),
  );
}
