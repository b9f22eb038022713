import { encodeLineage, evidenceKinds, tcbStatuses } from "@pruntime/core/attestation";
import { utf8 } from "@pruntime/core/bytes";
import { decodeWorkerRecord } from "@pruntime/core/registry";
import { Writer } from "@pruntime/core/scale";
import type { Target } from "../target.ts";

/** Decodes a worker's record in the state of a registry. */
export const target: Target = {
  run: decodeWorkerRecord,
  genuine: () => ({
    simulated: record("simulated", { measurement: 32 }, []),
    sgx: record("sgx", { mrenclave: 32, mrsigner: 32 }, ["INTEL-SA-00289", "INTEL-SA-00615"]),
  }),
};

function record(
  kind: (typeof evidenceKinds)[number],
  measurements: Readonly<Record<string, number>>,
  advisories: readonly string[],
): Uint8Array {
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 37 * i + length);
  return new Writer()
    .raw(noise(32))
    .u8(evidenceKinds.indexOf(kind))
    .vec(Object.entries(measurements), (w, [name, length]) => w.vecU8(utf8(name)).vecU8(noise(length)))
    .u8(tcbStatuses.indexOf(kind === "simulated" ? "Unversioned" : "OutOfDate"))
    .vec(advisories, (w, id) => w.vecU8(utf8(id)))
    .raw(noise(65 + 32 + 32))
    .u32(9)
    .u64(1_700_000_000_000n)
    .u32(8)
    .raw(noise(32 + 32))
    .vecU8(encodeLineage([{ kind, code: { measurement: "0a" }, block: { number: 3, hash: noise(32) } }]))
    .finish();
}
