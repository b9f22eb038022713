/**
 * Verifies evidence, and loads a kind's verifier and its trusted root only when evidence of that kind comes.
 * A bundler puts each `import()` into a file of its own, so a web page loads one verifier, not all of them.
 */
import type { Authentic, EndorsedEvidence, EvidenceKind } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import { ClientError } from "../error.ts";

type Evidence<K extends EvidenceKind> = Extract<EndorsedEvidence, { readonly kind: K }>;

/**
 * @param atMs Unix milliseconds; simulated evidence has no dates and ignores it
 * @param simulation whether the simulation's key is trusted
 */
type Verify<E> = (crypto: Crypto, evidence: E, atMs: number, simulation: boolean) => Authentic;

const loaders: { readonly [K in EvidenceKind]: () => Promise<Verify<Evidence<K>>> } = {
  sgx: dcap,
  tdx: dcap,
  snp: async () => {
    const { amdRoots, verifySnp } = await import("@pruntime/core/attestation/snp");
    return (crypto, evidence, atMs) => verifySnp(crypto, amdRoots, atMs, evidence);
  },
  ias: async () => {
    const { intelReportRoot, verifyIas } = await import("@pruntime/core/attestation/ias");
    return (crypto, evidence, atMs) => verifyIas(crypto, intelReportRoot, atMs, evidence);
  },
  azure: async () => {
    const [{ azureVtpmRoot, verifyAzure, verifyAzureHardware }, { intelRoot }, { amdRoots }] =
      await Promise.all([
        import("@pruntime/core/attestation/azure"),
        import("@pruntime/core/attestation/dcap"),
        import("@pruntime/core/attestation/snp"),
      ]);
    return (crypto, evidence, atMs) => {
      const hardware = verifyAzureHardware(crypto, { intel: intelRoot, amd: amdRoots }, atMs, evidence);
      return verifyAzure(crypto, azureVtpmRoot, hardware, atMs, evidence);
    };
  },
  dstack: async () => {
    const [{ verifyDstack }, { intelRoot }] = await Promise.all([
      import("@pruntime/core/attestation/dstack"),
      import("@pruntime/core/attestation/dcap"),
    ]);
    return (crypto, evidence, atMs) => verifyDstack(crypto, intelRoot, atMs, evidence);
  },
  simulated: async () => {
    const { simulationRoot, verifySimulated } = await import("@pruntime/core/attestation/simulated");
    return (crypto, evidence, _, simulation) =>
      verifySimulated(crypto, simulation ? simulationRoot(crypto) : undefined, evidence);
  },
};

async function dcap(): Promise<Verify<Evidence<"sgx" | "tdx">>> {
  const { intelRoot, verifyDcap } = await import("@pruntime/core/attestation/dcap");
  return (crypto, evidence, atMs) => verifyDcap(crypto, intelRoot, atMs, evidence);
}

function loaderOf<K extends EvidenceKind>(kind: K): () => Promise<Verify<Evidence<K>>> {
  return loaders[kind];
}

/**
 * Verifies evidence against the hardware makers' roots.
 * @param simulation whether the simulation's key is also trusted. Set this only if a policy accepts simulated
 * evidence.
 * @throws EvidenceError and those of the evidence's kind; {@link ClientError} `client/no-verifier`
 */
export async function verifyByKind(
  crypto: Crypto,
  evidence: EndorsedEvidence,
  atMs: number,
  simulation: boolean,
): Promise<Authentic> {
  const { kind } = evidence;
  const verify = await loaderOf(kind)().catch((cause: unknown) => {
    throw new ClientError({ code: "client/no-verifier", kind }, { cause });
  });
  return verify(crypto, evidence, atMs, simulation);
}
