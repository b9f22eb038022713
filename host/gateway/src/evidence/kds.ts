/**
 * Fetches the certificates for SEV-SNP reports from AMD's Key Distribution Service, or from a server with the
 * same interface: the VCEK of a chip at its firmware level, and the two certificates above the VCEK. The
 * service does not publish VLEKs, which belong to cloud operators.
 * @see https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/57230.pdf
 */
import { CollateralError } from "./error.ts";
import { fetchBounded, textOf } from "./fetch.ts";

/** The chip and firmware that a report names. */
export interface Chip {
  readonly product: "Milan" | "Genoa" | "Turin";
  /** The chip's id in lower-case hex: 64 bytes, or 8 bytes for Turin. */
  readonly hardwareId: string;
  /**
   * The reported firmware levels under the service's names: `blSPL`, `teeSPL`, `snpSPL`, `ucodeSPL`, and
   * `fmcSPL` for Turin.
   */
  readonly levels: Readonly<Record<string, number>>;
}

/** The key distribution server. */
export interface KdsOptions {
  /** For example `https://kdsintf.amd.com`. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

/** AMD's own service. */
export const amdKds = "https://kdsintf.amd.com";

/** The certificates of a chip, as DER. */
export interface ChipCertificates {
  readonly vek: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/**
 * A response of AMD's key service.
 * @limit bytes
 * @source chosen: genuine certificates are much smaller
 * @past `collateral/too-large`
 */
const maxCertificateBytes = 16 * 1024;

/** Fetches the certificates for a chip's reports. @throws {@link CollateralError} */
export async function fetchVcek({ baseUrl, timeoutMs }: KdsOptions, chip: Chip): Promise<ChipCertificates> {
  const { product, hardwareId, levels } = chip;
  const base = `${baseUrl.replace(/\/+$/, "")}/vcek/v1/${product}`;
  const query = Object.entries(levels).map(([name, level]) => `${name}=${String(level).padStart(2, "0")}`);
  const [vcek, chain] = await Promise.all([
    fetchBounded({
      part: "vcek",
      url: `${base}/${hardwareId}?${query.join("&")}`,
      maxBytes: maxCertificateBytes,
      timeoutMs,
    }),
    fetchBounded({ part: "vcek-chain", url: `${base}/cert_chain`, maxBytes: maxCertificateBytes, timeoutMs }),
  ]);
  if (vcek.body[0] !== 0x30) throw new CollateralError({ code: "collateral/garbage", part: "vcek" });
  return { vek: vcek.body, chain: certificatesOf(textOf(chain, "vcek-chain")) };
}

/** Returns the ASK, followed by the ARK, both as DER. */
function certificatesOf(pem: string): readonly Uint8Array[] {
  const bodies = [
    ...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g),
  ];
  if (bodies.length !== 2) throw new CollateralError({ code: "collateral/garbage", part: "vcek-chain" });
  return bodies.map(([, body = ""]) => Uint8Array.from(Buffer.from(body, "base64")));
}
