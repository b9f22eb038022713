/** A policy written out with all that its text left out; the text of the same policy. */
import type {
  AzurePolicy,
  Policy,
  SgxPolicy,
  SnpPolicy,
  SnpRules,
  TdxImage,
  TdxPolicy,
  TdxRules,
} from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { JsonObject } from "@pruntime/core/json";
import { Writer } from "@pruntime/core/scale";

export function policyJson(policy: Policy): JsonObject {
  const { tcb, sgx, tdx, snp, azure, ias, simulated, ...rest } = policy;
  return {
    version: 1,
    ...dated(rest.notAfterMs),
    maxAgeSec: rest.maxAgeSec,
    ...given("minTcbEvaluationDataNumber", rest.minTcbEvaluationDataNumber),
    ...given("collateralMaxAgeDays", rest.collateralMaxAgeDays),
    tcb: { ...tcb },
    fmspcDeny: rest.fmspcDeny,
    ppidAllow: rest.ppidAllow ?? null,
    allowDebug: rest.allowDebug,
    ...given("sgx", sgx && sgxJson(sgx)),
    ...given("tdx", tdx && tdxJson(tdx)),
    ...given("snp", snp && snpJson(snp)),
    ...given("azure", azure && azureJson(azure)),
    ...given("ias", ias && sgxJson(ias)),
    ...given("simulated", simulated && { measurements: simulated.measurements ?? null }),
  };
}

function given(name: string, value: JsonObject | number | string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}

function dated(notAfterMs: number | undefined): JsonObject {
  return given("notAfter", notAfterMs === undefined ? undefined : new Date(notAfterMs).toISOString());
}

function sgxJson({ measurements, mrsigner }: SgxPolicy): JsonObject {
  return {
    measurements: measurements.map(({ notAfterMs, ...entry }) => ({ ...entry, ...dated(notAfterMs) })),
    mrsigner: mrsigner.map(({ notAfterMs, ...entry }) => ({ ...entry, ...dated(notAfterMs) })),
  };
}

function tdxJson({ images, ...rules }: TdxPolicy): JsonObject {
  return { images: images.map(imageJson), ...tdxRulesJson(rules) };
}

function imageJson({ registers, events, notAfterMs }: TdxImage): JsonObject {
  return {
    ...registers,
    ...given("composeHash", events["compose-hash"]),
    ...given("osImageHash", events["os-image-hash"]),
    ...given("appId", events["app-id"]),
    ...dated(notAfterMs),
  };
}

function tdxRulesJson({ requireSeptVeDisable, allowServiceTd, xfamMask }: TdxRules): JsonObject {
  return {
    requireSeptVeDisable,
    allowServiceTd,
    ...given("xfamMask", xfamMask === undefined ? undefined : toHex(new Writer().u64(xfamMask).finish())),
  };
}

function snpJson({ measurements, ...rules }: SnpPolicy): JsonObject {
  return {
    measurements: measurements.map(({ notAfterMs, ...entry }) => ({ ...entry, ...dated(notAfterMs) })),
    ...snpRulesJson(rules),
  };
}

function snpRulesJson({ minTcb, chipIdAllow, ...rules }: SnpRules): JsonObject {
  const least = Object.fromEntries(Object.entries(minTcb).map(([product, tcb]) => [product, toHex(tcb)]));
  return { minTcb: least, ...rules, chipIdAllow: chipIdAllow ?? null };
}

function azureJson({ images, tdx, snp }: AzurePolicy): JsonObject {
  return {
    images: images.map(({ launch, pcrs, notAfterMs }) => ({ launch, pcrs, ...dated(notAfterMs) })),
    ...given("tdx", tdx && tdxRulesJson(tdx)),
    ...given("snp", snp && snpRulesJson(snp)),
  };
}
