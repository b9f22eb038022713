/** Which enclave runs there. */
import type { SgxPolicy } from "./policy.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";

interface Enclave {
  readonly measurements: Readonly<Record<string, string>>;
  readonly isvProdId: number;
  readonly isvSvn: number;
}

/**
 * MRSIGNER of the key in Intel's sample code, which everybody has.
 * https://github.com/intel/linux-sgx/tree/main/SampleCode/SampleEnclave
 */
export const sampleSigner = "83d719e77deaca1470f6baf62a4d774303c899db69020f9c70ee1dfc08c7ce9e";

export function sgxRules(policy: SgxPolicy, enclave: Enclave, atMs: number): readonly Reason[] {
  const { mrenclave, mrsigner } = enclave.measurements;
  const byMeasurement = policy.measurements
    .filter((entry) => entry.mrenclave === mrenclave)
    .map((entry) => [
      ...security(entry.minIsvSvn, enclave),
      ...inDate(entry, `the enclave ${mrenclave}`, atMs),
    ]);
  const bySigner = policy.mrsigner
    .filter((entry) => entry.mrsigner === mrsigner)
    .map((entry) => [
      ...product(entry.isvProdId, enclave),
      ...security(entry.minIsvSvn, enclave),
      ...inDate(entry, `enclaves signed by ${mrsigner}`, atMs),
    ]);
  return [
    ...unless(
      mrsigner !== sampleSigner,
      "sample-signer",
      () => "it is signed with the key of Intel's sample code, which everybody has",
    ),
    ...anyOf([...byMeasurement, ...bySigner], {
      rule: "measurement",
      said: `the policy names neither the enclave (MRENCLAVE ${mrenclave}) nor its signer (MRSIGNER ${mrsigner})`,
    }),
  ];
}

function product(want: number, { isvProdId }: Enclave): readonly Reason[] {
  return unless(
    isvProdId === want,
    "isv-prod-id",
    () => `it is product ${isvProdId} of its signer, and the policy accepts product ${want}`,
  );
}

function security(least: number, { isvSvn }: Enclave): readonly Reason[] {
  return unless(
    isvSvn >= least,
    "min-isv-svn",
    () => `its security version is ${isvSvn}, and the policy wants ${least} or later`,
  );
}
