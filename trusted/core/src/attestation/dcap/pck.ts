/**
 * Reads Intel's extension of PCK certificates, which describes the platform.
 * @see https://download.01.org/intel-sgx/latest/dcap-latest/linux/docs/SGX_PCK_Certificate_CRL_Spec-1.4.pdf,
 * section 1.3.5
 */
import { Asn1Error, type DerReader, decodeDer, tags } from "../../asn1/index.ts";
import { fromUtf8 } from "../../bytes/index.ts";
import type { Certificate } from "../../x509/index.ts";
import { decodeChain } from "./collateral.ts";
import { DcapError } from "./error.ts";
import type { Quote } from "./quote.ts";

/** The facts that a PCK certificate states about its platform. */
export interface PckFacts {
  /** 16 bytes. */
  readonly ppid: Uint8Array;
  /** The SVNs of the 16 components. */
  readonly components: readonly number[];
  readonly pceSvn: number;
  /** 2 bytes. */
  readonly pceId: Uint8Array;
  /** 6 bytes. */
  readonly fmspc: Uint8Array;
}

const idSgx = "1.2.840.113741.1.13.1";
const idTcb = `${idSgx}.2`;

/**
 * Reads the certificates of the platform's key from a quote, leaf first. Verifies nothing.
 * @throws {@link DcapError} `dcap/pck-chain-missing`; Asn1Error, X509Error, BytesError
 */
export function decodePckChain({ certificationDataType, certificationData }: Quote): readonly Certificate[] {
  if (certificationDataType !== 5)
    throw new DcapError({ code: "dcap/pck-chain-missing", certificationDataType });
  const end = certificationData.length - (certificationData.at(-1) === 0 ? 1 : 0);
  return decodeChain(fromUtf8(certificationData.subarray(0, end)));
}

/**
 * Reads the facts in the certificate of a platform's key. @throws {@link DcapError} `dcap/bad-pck-extension`
 */
export function decodePckFacts(certificate: Certificate): PckFacts {
  const bad = (cause?: unknown) => new DcapError({ code: "dcap/bad-pck-extension" }, { cause });
  const value = certificate.extensions.get(idSgx);
  if (value === undefined) throw bad();
  try {
    const top = decodeDer(value, (r) => readItems(r));
    const tcb = decodeDer(required(top.get(idTcb)), (r) => readItems(r));
    const number = (n: number, max: number) =>
      decodeDer(required(tcb.get(`${idTcb}.${n}`)), (r) => r.number(max));
    const octets = (n: number, length: number) => {
      const bytes = decodeDer(required(top.get(`${idSgx}.${n}`)), (r) => r.content(tags.octetString));
      if (bytes.length !== length) throw bad();
      return bytes;
    };
    return {
      ppid: octets(1, 16),
      components: Array.from({ length: 16 }, (_, i) => number(i + 1, 1)),
      pceSvn: number(17, 2),
      pceId: octets(3, 2),
      fmspc: octets(4, 6),
    };
  } catch (error) {
    if (error instanceof Asn1Error) throw bad(error);
    throw error;
  }

  function required(item: Uint8Array | undefined): Uint8Array {
    if (item === undefined) throw bad();
    return item;
  }

  /** Reads a sequence of (identifier, value) pairs. Returns the DER of each value, by identifier. */
  function readItems(reader: DerReader): ReadonlyMap<string, Uint8Array> {
    const items = new Map<string, Uint8Array>();
    const r = reader.enter();
    while (!r.done) {
      const item = r.enter();
      const id = item.oid();
      if (items.has(id)) throw bad();
      items.set(id, item.any().bytes);
      item.end();
    }
    return items;
  }
}
