import { DerReader, decodePem } from "@pruntime/core/asn1";
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { commonName, decodeCertificate, decodeCrl, verifyChain } from "@pruntime/core/x509";
import {
  caExtensions,
  certificate,
  crl,
  keyOf,
  leafExtensions,
  named,
  pem,
  rootOf,
} from "../../trusted/core/test/support/pki.ts";
import { chosen, signaturesHeap, type Target } from "../target.ts";

const [rootKey, leafKey] = [keyOf(1), keyOf(2)] as const;
const [rootName, leafName] = [named("root"), named("leaf")] as const;
const rootCertificate = certificate({
  subject: rootName,
  issuer: rootName,
  key: rootKey,
  by: rootKey,
  extensions: caExtensions,
});
const leaf = certificate({
  subject: leafName,
  issuer: rootName,
  key: leafKey,
  by: rootKey,
  extensions: leafExtensions,
});
const root = rootOf(rootName, rootKey);
const atMs = Date.UTC(2026, 0, 1);

/** Counts all DER values, including those inside constructed values. */
function walk(r: DerReader): number {
  let values = 0;
  for (; !r.done; values++) {
    const { tag, content } = r.any();
    if ((tag & 0x20) !== 0) values += walk(r.into(content));
  }
  return values;
}

export const target: Target = {
  leastHeap: signaturesHeap,
  words: [
    "-----BEGIN CERTIFICATE-----\n",
    "\n-----END CERTIFICATE-----\n",
    "\u0006\u0003U\u001d\u0013",
    "250101000000Z",
    "\u0030\u0080",
  ],
  run: (input) =>
    chosen(input, [
      (rest) => walk(new DerReader(rest)),
      (rest) => {
        const read = decodeCertificate(rest);
        return [read, commonName(read.subject)];
      },
      decodeCrl,
      (rest) =>
        verifyChain(
          portableCrypto,
          root,
          atMs,
          decodePem("CERTIFICATE", fromUtf8(rest)).map(decodeCertificate),
        ),
    ]),
  genuine: () => {
    const of = (choice: number, bytes: Uint8Array) => Uint8Array.of(choice, ...bytes);
    return {
      der: of(0, leaf),
      root: of(1, rootCertificate),
      leaf: of(1, leaf),
      crl: of(2, crl({ issuer: rootName, by: rootKey, revoked: [3, 5] })),
      "empty-crl": of(2, crl({ issuer: rootName, by: rootKey })),
      chain: of(3, utf8(pem(leaf, rootCertificate))),
    };
  },
};
