/** The section `sgx` (SGX enclaves), and the parts that it shares with the section `ias`. */
import { type SgxPolicy, sampleSigner } from "@pruntime/core/attestation";
import type { JsonObject } from "@pruntime/core/json";
import { error, type Finding, warning } from "../finding.ts";
import { acceptsBit, bitsJson, bitsLine, dated, type Expiring, type SectionWords, until } from "./words.ts";

/** How `pruntime policy` explains, lints and prints the section `sgx`. */
export const sgxWords: SectionWords<SgxPolicy> = {
  about: "SGX enclaves",
  accepts: (sgx) => enclaveLines("an SGX enclave", sgx),
  entries: enclaveEntries,
  platform: () => "collateral",
  lint: lintEnclaves,
  json: enclavesJson,
};

/** Writes a line for each reference value. `what` describes an enclave, or evidence about an enclave. */
export function enclaveLines(what: string, policy: SgxPolicy): readonly string[] {
  const { measurements, mrsigner, attributes, xfrm, miscSelect } = policy;
  const bits = [
    bitsLine("attributes", attributes),
    bitsLine("extended features", xfrm),
    bitsLine("MISCSELECT", miscSelect),
  ].join("; ");
  const byMeasurement = measurements.map(
    ({ mrenclave, minIsvSvn, ...entry }) =>
      `${what} with MRENCLAVE ${mrenclave}, security version ${minIsvSvn} or later${until(entry)}; ${bits}`,
  );
  const bySigner = mrsigner.map(
    ({ mrsigner: signer, isvProdId, minIsvSvn, ...entry }) =>
      `${what} that ${signer} (MRSIGNER) has signed as product ${isvProdId}, ` +
      `security version ${minIsvSvn} or later${until(entry)}; ${bits}`,
  );
  return [...byMeasurement, ...bySigner];
}

/** Returns all reference values. */
export function enclaveEntries({ measurements, mrsigner }: SgxPolicy): readonly Expiring[] {
  return [...measurements, ...mrsigner];
}

/** Finds mistakes and weaknesses in the reference values. */
export function lintEnclaves({ measurements, mrsigner, attributes }: SgxPolicy): readonly Finding[] {
  return [
    ...warning(
      acceptsBit(attributes, "PROVISIONKEY") || acceptsBit(attributes, "EINITTOKEN_KEY"),
      "intel-keys",
      "enclaves with PROVISIONKEY or EINITTOKEN_KEY are accepted, although these attributes " +
        "are meant for Intel's own enclaves",
    ),
    ...warning(
      acceptsBit(attributes, "KSS"),
      "host-config",
      "enclaves with KSS are accepted, for which the host chooses an identifier (CONFIGID) " +
        "that no policy can judge",
    ),
    ...warning(
      measurements.some(({ minIsvSvn }) => minIsvSvn > 0),
      "version-by-host",
      "minIsvSvn beside an MRENCLAVE stops no attacker: MRENCLAVE does not cover the version, so any key " +
        "can sign the same enclave with a later one. List the MRENCLAVEs of the builds that you accept",
    ),
    ...error(
      mrsigner.some((entry) => entry.mrsigner === sampleSigner),
      "sample-signer",
      "mrsigner lists the key of Intel's sample code, which is public: every policy refuses it",
    ),
    ...warning(
      measurements.length === 0 && mrsigner.length > 0,
      "signer-only",
      "enclaves are accepted by their signer alone: the policy accepts everything that the key ever signs, " +
        "even if the key is stolen",
    ),
    ...warning(
      mrsigner.some(({ minIsvSvn }) => minIsvSvn === 0),
      "no-least-version",
      "a signer with minIsvSvn 0: its oldest enclaves are accepted too, with all their vulnerabilities",
    ),
  ];
}

/** The reference values as JSON. */
export function enclavesJson(policy: SgxPolicy): JsonObject {
  const { measurements, mrsigner, attributes, xfrm, miscSelect } = policy;
  return {
    measurements: measurements.map(({ notAfterMs, ...entry }) => ({ ...entry, ...dated({ notAfterMs }) })),
    mrsigner: mrsigner.map(({ notAfterMs, ...entry }) => ({ ...entry, ...dated({ notAfterMs }) })),
    attributes: bitsJson(attributes),
    xfrm: bitsJson(xfrm),
    miscSelect: bitsJson(miscSelect),
  };
}
