/** Evidence, one file a kind: its types before and after verification, and its JSON. */
export type { AuthenticAzure, EndorsedAzure } from "./azure.ts";
export { type TcbStatus, tcbStatuses } from "./claims.ts";
export type { DcapFacts } from "./dcap.ts";
export type { AuthenticDstack, EndorsedDstack } from "./dstack.ts";
export type { Endorser } from "./form.ts";
export type { AuthenticIas, EndorsedIas } from "./ias.ts";
export * from "./json.ts";
export { evidenceLimits } from "./limits.ts";
export type { AuthenticSgx, EndorsedSgx } from "./sgx.ts";
export type { AuthenticSimulated, SimulatedEvidence } from "./simulated.ts";
export type { AuthenticSnp, EndorsedSnp, SnpFacts, SnpProduct } from "./snp.ts";
export type { AuthenticTdx, EndorsedTdx, TdxFacts } from "./tdx.ts";
