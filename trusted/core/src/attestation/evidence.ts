/** What a worker shows for itself, as bytes that nothing has been concluded from yet. Which hardware made it decides what it must consist of. */
export type EndorsedEvidence =
  | EndorsedDcap
  | EndorsedSnp
  | EndorsedIas
  | EndorsedAzure
  | EndorsedDstack
  | EndorsedSimulated;

export type EvidenceKind = EndorsedEvidence["kind"];

/** Bytes that a part may have at most; genuine ones stay far below. */
export const evidenceLimits: EvidenceLimits = {
  quote: 16 * 1024,
  collateral: 256 * 1024,
  eventLog: 1024 * 1024,
  certificate: 8 * 1024,
  other: 16 * 1024,
  certificates: 5,
};

interface EvidenceLimits {
  readonly quote: number;
  readonly collateral: number;
  readonly eventLog: number;
  readonly certificate: number;
  /** Anything else: a report, a message, a signature. */
  readonly other: number;
  /** Certificates in a chain. */
  readonly certificates: number;
}

/** An Intel quote (v3: SGX; v4, v5: SGX or TDX) and the collateral that judges it. */
export interface EndorsedDcap {
  readonly kind: "sgx" | "tdx";
  readonly quote: Uint8Array;
  /** UTF-8 JSON of Intel's QuoteCollateralV3; empty while nobody has fetched it. */
  readonly collateral: Uint8Array;
}

/** An AMD SEV-SNP attestation report. */
export interface EndorsedSnp {
  readonly kind: "snp";
  readonly report: Uint8Array;
  /** VCEK or VLEK certificate, DER. */
  readonly vek: Uint8Array;
  /** Certificates above it (ASK or ASVK, then ARK), DER. */
  readonly chain: readonly Uint8Array[];
}

/** A report of Intel's retired attestation service for EPID: for historical data only. */
export interface EndorsedIas {
  readonly kind: "ias";
  /** The JSON, byte for byte as it was signed. */
  readonly report: Uint8Array;
  readonly signature: Uint8Array;
  /** The report-signing certificate, DER. */
  readonly certificate: Uint8Array;
}

/** A quote of Azure's vTPM, and the hardware's evidence for the key that signed it. */
export interface EndorsedAzure {
  readonly kind: "azure";
  /** The HCL report: header, hardware report, runtime claims. */
  readonly hclReport: Uint8Array;
  /** TPMS_ATTEST as the vTPM signed it. */
  readonly tpmMessage: Uint8Array;
  /** RSASSA over SHA-256, bare: as long as the modulus. */
  readonly tpmSignature: Uint8Array;
  /** SHA-256 PCR values 0 to 23, 32 bytes each. */
  readonly pcrs: readonly Uint8Array[];
  /** Certificates of the vTPM's key, DER, leaf first, where Azure hands them out; empty otherwise: the hardware vouches for the key, too. */
  readonly akChain: readonly Uint8Array[];
  /** A TDX quote, or the SNP report that stands in the HCL report. */
  readonly hardware: EndorsedDcap | EndorsedSnp;
}

/** A TDX quote of a dstack guest, with the log that explains its run-time registers. */
export interface EndorsedDstack {
  readonly kind: "dstack";
  readonly quote: Uint8Array;
  /** UTF-8 JSON of Intel's QuoteCollateralV3. */
  readonly collateral: Uint8Array;
  /** UTF-8 JSON array of events. */
  readonly eventLog: Uint8Array;
}

/** Made by a development worker without any hardware. It proves nothing, and says so. */
export interface EndorsedSimulated {
  readonly kind: "simulated";
  readonly document: Uint8Array;
  readonly signature: Uint8Array;
}
