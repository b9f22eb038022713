import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { DerReader, decodeDer, decodePem } from "../../src/asn1/index.ts";
import { fromHex, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  type Certificate,
  commonName,
  decodeCertificate,
  decodeCrl,
  isSignedBy,
  type PublicKey,
  readPublicKey,
  type SignatureAlgorithm,
  verifyChain,
  verifyCrl,
} from "../../src/x509/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { codeOf } from "../support/code.ts";
import { bits, boolean, der, integer, oid, sequence, set, text } from "../support/der.ts";
import {
  basicConstraints,
  type CertificateSpec,
  type CrlSpec,
  caExtensions,
  certificate,
  crl,
  keyOf,
  keyUsage,
  leafExtensions,
  named,
  rootOf,
  validFromMs,
  validToMs,
} from "../support/pki.ts";

const [rootKey, caKey, leafKey, otherKey] = [keyOf(1), keyOf(2), keyOf(3), keyOf(4)] as const;
const [rootName, caName, leafName] = [named("root"), named("ca"), named("leaf")] as const;
const root = rootOf(rootName, rootKey);
const at = Date.UTC(2026, 0, 1);

const specs = {
  root: { subject: rootName, issuer: rootName, key: rootKey, by: rootKey, extensions: caExtensions },
  ca: { subject: caName, issuer: rootName, key: caKey, by: rootKey, extensions: caExtensions, serial: 2 },
  leaf: { subject: leafName, issuer: caName, key: leafKey, by: caKey, serial: 3 },
} satisfies Record<string, CertificateSpec>;

const make = (spec: CertificateSpec, change: Partial<CertificateSpec> = {}): Certificate =>
  decodeCertificate(certificate({ ...spec, ...change }));
const [rootCert, caCert, leafCert] = [make(specs.root), make(specs.ca), make(specs.leaf)] as const;
const chainCode = (chain: readonly Certificate[], atMs = at, trusted = root) =>
  codeOf(() => verifyChain(crypto, trusted, atMs, chain));

describe("decodeCertificate", () => {
  it("reads what was written", () => {
    expect(leafCert.subject).toEqual(leafName);
    expect(leafCert.issuer).toEqual(caName);
    expect(toHex(leafCert.serial)).toBe("03");
    expect([leafCert.notBeforeMs, leafCert.notAfterMs]).toEqual([validFromMs, validToMs]);
    expect(leafCert.publicKey).toEqual({ kind: "p256", point: leafKey.point });
    expect(caCert.basicConstraints).toEqual({ ca: true, maxPathLength: Number.POSITIVE_INFINITY });
    expect(caCert.keyUsage).toBe(0x0600);
  });

  it("refuses every prefix", () => {
    const bytes = certificate(specs.leaf);
    for (let end = 0; end < bytes.length; end++)
      expect(codeOf(() => decodeCertificate(bytes.subarray(0, end)))).toBe("asn1/truncated");
  });

  const unknown = { id: "1.2.3.4", value: utf8("x") };
  it.each<[string, Partial<CertificateSpec>, string]>([
    ["another version", { version: 1 }, "x509/bad-version"],
    ["the first version, which has no version field", { version: null }, "x509/bad-version"],
    [
      "different algorithms inside and outside",
      { outerAlgorithm: sequence(oid("1.2.840.10045.4.3.3")) },
      "x509/algorithm-mismatch",
    ],
    [
      "an unknown algorithm",
      { outerAlgorithm: sequence(oid("1.2.840.113549.1.1.5"), der(5)) },
      "x509/unsupported-algorithm",
    ],
    [
      "parameters that the algorithm does not have",
      { outerAlgorithm: sequence(oid("1.2.840.10045.4.3.2"), der(5)) },
      "x509/unsupported-algorithm",
    ],
    ["a long serial number", { serial: new Uint8Array(21).fill(1) }, "x509/bad-serial"],
    [
      "a key that is not a point",
      { key: { ...leafKey, point: leafKey.point.subarray(0, 33) } },
      "x509/unsupported-key",
    ],
    [
      "an unknown critical extension",
      { extensions: [{ ...unknown, critical: true }] },
      "x509/unknown-critical-extension",
    ],
    ["one extension twice", { extensions: [unknown, unknown] }, "x509/duplicate-extension"],
    [
      "constraints with an additional value",
      { extensions: [{ id: "2.5.29.19", value: sequence(boolean(true), integer(0), integer(0)) }] },
      "asn1/trailing",
    ],
  ])("refuses %s", (_, change, code) => {
    expect(codeOf(() => make(specs.leaf, change))).toBe(code);
  });

  it("accepts an unknown extension that is not critical", () => {
    expect(make(specs.leaf, { extensions: [unknown] }).extensions.get("1.2.3.4")).toEqual(utf8("x"));
  });
});

/**
 * Returns one copy of the value for each constructed value inside it. In each copy, that constructed value
 * has an additional NULL at its end.
 */
function withOneMore(bytes: Uint8Array): readonly Uint8Array[] {
  const { tag, content } = decodeDer(bytes, (r) => r.any());
  if ((tag & 0x20) === 0) return [];
  const items: Uint8Array[] = [];
  const r = new DerReader(content);
  while (!r.done) items.push(r.any().bytes);
  const nested = items.flatMap((item, i) =>
    withOneMore(item).map((changed) => der(tag, ...items.map((other, j) => (i === j ? changed : other)))),
  );
  return [der(tag, content, der(5)), ...nested];
}

describe("every container", () => {
  const issuerAndSubject = 8; // the containers of both names: each is a sequence of one set of one pair

  it("of a certificate is read to its end", () => {
    const variants = withOneMore(certificate(specs.leaf));
    const accepted = variants.filter((bytes) => codeOf(() => decodeCertificate(bytes)) === "accepted");
    expect(variants.length).toBeGreaterThan(15);
    expect(accepted.length).toBeLessThanOrEqual(issuerAndSubject);
    for (const bytes of accepted) {
      const { issuer, subject } = decodeCertificate(bytes);
      expect([issuer, subject].some((name) => codeOf(() => commonName(name)) !== "accepted")).toBe(true);
    }
  });

  it("of a revocation list is read to its end", () => {
    const note = { id: "2.5.29.21", value: utf8("x") };
    const spec = { issuer: caName, by: caKey, revoked: [1, 2], extensions: [note], entryExtensions: [note] };
    const variants = withOneMore(crl(spec));
    const accepted = variants.filter((bytes) => codeOf(() => decodeCrl(bytes)) === "accepted");
    expect(variants.length).toBeGreaterThan(15);
    for (const bytes of accepted)
      expect(codeOf(() => commonName(decodeCrl(bytes).issuer))).not.toBe("accepted");
  });

  it("of a public key is read to its end", () => {
    const pair = (...more: readonly Uint8Array[]) =>
      sequence(
        sequence(oid("1.2.840.113549.1.1.1"), der(5)),
        bits(sequence(integer(rsa.modulus), integer(rsa.exponent), ...more)),
      );
    const read = (bytes: Uint8Array) => decodeDer(bytes, readPublicKey);
    expect(read(pair())).toEqual({ kind: "rsa", ...rsa });
    expect(codeOf(() => read(pair(integer(1))))).toBe("asn1/trailing");
    for (const variant of withOneMore(pair())) expect(codeOf(() => read(variant))).toBe("asn1/trailing");
  });
});

const [rsaVector] = vectors("signatures/rsa.json");
const rsa = { modulus: fromHex(rsaVector.modulus), exponent: Uint8Array.of(1, 0, 1) };

describe("isSignedBy", () => {
  const [p384Vector] = vectors("signatures/p384-rfc6979.json");
  const [p256Vector] = vectors("signatures/p256-rfc6979.json");
  const ecdsa = (signature: string) => {
    const half = signature.length / 2;
    return sequence(integer(fromHex(signature.slice(0, half))), integer(fromHex(signature.slice(half))));
  };
  const keys = {
    p256: { kind: "p256", point: fromHex(p256Vector.public_key) },
    p384: { kind: "p384", point: fromHex(p384Vector.public_key) },
    rsa: { kind: "rsa", ...rsa },
  } as const satisfies Readonly<Record<string, PublicKey>>;
  const cases: readonly [SignatureAlgorithm, PublicKey["kind"], string, Uint8Array][] = [
    ["ecdsa-sha256", "p256", p256Vector.message_utf8, ecdsa(p256Vector.signature)],
    ["ecdsa-sha384", "p384", p384Vector.message_utf8, ecdsa(p384Vector.signature)],
    ["rsa-pkcs1-sha256", "rsa", rsaVector.message_utf8, fromHex(rsaVector.pkcs1.sha256)],
    ["rsa-pkcs1-sha384", "rsa", rsaVector.message_utf8, fromHex(rsaVector.pkcs1.sha384)],
    ["rsa-pkcs1-sha512", "rsa", rsaVector.message_utf8, fromHex(rsaVector.pkcs1.sha512)],
    ["rsa-pss-sha384", "rsa", rsaVector.message_utf8, fromHex(rsaVector.pss_sha384[0])],
  ];

  it.each(cases)(
    "%s: accepts only the signed message and a key of its kind",
    (algorithm, kind, message, signature) => {
      expect(isSignedBy(crypto, keys[kind], algorithm, utf8(message), signature)).toBe(true);
      expect(isSignedBy(crypto, keys[kind], algorithm, utf8("another"), signature)).toBe(false);
      for (const other of ["p256", "p384", "rsa"] as const)
        expect(isSignedBy(crypto, keys[other], algorithm, utf8(message), signature)).toBe(other === kind);
    },
  );

  it("accepts only one DER encoding of an ECDSA signature", () => {
    const signature = ecdsa(p256Vector.signature);
    const verify = (bytes: Uint8Array) =>
      codeOf(() => isSignedBy(crypto, keys.p256, "ecdsa-sha256", utf8("sample"), bytes));
    expect(verify(signature)).toBe("accepted");
    for (const variant of withOneMore(signature)) expect(verify(variant)).toBe("asn1/trailing");
    const long = sequence(integer(new Uint8Array(33).fill(1)), integer(1));
    expect(isSignedBy(crypto, keys.p256, "ecdsa-sha256", utf8("sample"), long)).toBe(false);
  });
});

describe("commonName", () => {
  it("returns the name if there is exactly one", () => {
    expect(commonName(rootName)).toBe("root");
    expect(commonName(sequence())).toBeUndefined();
    const cn = set(sequence(oid("2.5.4.3"), text("a")));
    expect(commonName(sequence(cn, cn))).toBeUndefined();
    expect(commonName(sequence(set(sequence(oid("2.5.4.10"), text("a")))))).toBeUndefined();
  });
});

describe("verifyChain", () => {
  it("finds the path by names, for any order above the leaf", () => {
    for (const chain of [
      [leafCert, caCert, rootCert],
      [leafCert, rootCert, caCert],
    ]) {
      const verified = verifyChain(crypto, root, at, chain);
      expect(verified.leaf).toBe(leafCert);
      expect(verified.issuers).toEqual([caCert, rootCert]);
    }
    expect(verifyChain(crypto, root, at, [leafCert, caCert]).issuers).toEqual([caCert]);
  });

  it("accepts another certificate of the same root key", () => {
    expect(chainCode([leafCert, caCert, make(specs.root, { serial: 99 })])).toBe("accepted");
  });

  it("is valid until its first certificate expires", () => {
    const short = make(specs.ca, { notAfterMs: at + 1000 });
    expect(verifyChain(crypto, root, at, [leafCert, short, rootCert]).validUntilMs).toBe(at + 1000);
  });

  it("refuses an empty chain, and one with too many certificates", () => {
    expect(chainCode([])).toBe("x509/bad-chain-length");
    expect(chainCode([leafCert, caCert, caCert, caCert, caCert, rootCert])).toBe("x509/bad-chain-length");
    const names = ["root", "a", "b", "c"].map(named) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const link = (i: number) =>
      make(specs.ca, {
        subject: names[i] as Uint8Array,
        issuer: names[i - 1] as Uint8Array,
        by: i === 1 ? rootKey : caKey,
      });
    const longest = [make(specs.leaf, { issuer: names[3] }), link(3), link(2), link(1), rootCert];
    expect(chainCode(longest)).toBe("accepted");
  });

  it("refuses a duplicate or unrelated certificate in the chain", () => {
    expect(chainCode([leafCert, caCert, caCert, rootCert])).toBe("x509/stray-certificate");
    const stranger = make(specs.ca, { subject: named("stranger") });
    expect(chainCode([leafCert, caCert, stranger, rootCert])).toBe("x509/stray-certificate");
  });

  it("refuses a missing issuer", () => {
    expect(chainCode([leafCert])).toBe("x509/issuer-missing");
    expect(chainCode([leafCert, rootCert])).toBe("x509/issuer-missing");
    expect(chainCode([make(specs.leaf, { issuer: named("CA") }), caCert, rootCert])).toBe(
      "x509/issuer-missing",
    );
  });

  it("root not pinned / same-name test root: refuses a root of the right name and another key", () => {
    const testRoot = make(specs.root, { key: otherKey, by: otherKey });
    const testCa = make(specs.ca, { by: otherKey });
    expect(chainCode([leafCert, testCa, testRoot])).toBe("x509/untrusted-root");
    expect(chainCode([leafCert, testCa])).toBe("x509/bad-signature");
  });

  it("refuses a root with another name and the right key", () => {
    expect(chainCode([leafCert, caCert, rootCert], at, rootOf(named("another"), rootKey))).toBe(
      "x509/untrusted-root",
    );
  });

  it("refuses a changed self-signature of the root, although nothing depends on it", () => {
    const changed = make(specs.root, { by: otherKey });
    expect(chainCode([leafCert, caCert, changed])).toBe("x509/bad-signature");
  });

  it.each([
    ["leaf", () => [make(specs.leaf, { by: otherKey }), caCert, rootCert]],
    ["intermediate", () => [leafCert, make(specs.ca, { by: otherKey }), rootCert]],
  ] as const)("refuses a %s that its issuer did not sign", (_, chain) => {
    expect(chainCode(chain())).toBe("x509/bad-signature");
  });

  it.each([
    ["leaf", (change: Partial<CertificateSpec>) => [make(specs.leaf, change), caCert, rootCert]],
    ["intermediate", (change: Partial<CertificateSpec>) => [leafCert, make(specs.ca, change), rootCert]],
    ["root", (change: Partial<CertificateSpec>) => [leafCert, caCert, make(specs.root, change)]],
  ] as const)("judges the time of the %s, both ends included", (_, chain) => {
    expect(chainCode(chain({ notBeforeMs: at, notAfterMs: at }))).toBe("accepted");
    expect(chainCode(chain({ notBeforeMs: at + 1000 }))).toBe("x509/not-yet-valid");
    expect(chainCode(chain({ notAfterMs: at - 1000 }))).toBe("x509/expired");
    expect(chainCode(chain({}), Number.NaN)).toBe("x509/not-yet-valid");
  });

  it("refuses an issuer that may not sign certificates, or not at its depth", () => {
    const ca = (...extensions: NonNullable<CertificateSpec["extensions"]>) => [
      leafCert,
      make(specs.ca, { extensions }),
      rootCert,
    ];
    expect(chainCode(ca())).toBe("x509/not-a-ca");
    expect(chainCode(ca(basicConstraints(false), keyUsage(5)))).toBe("x509/not-a-ca");
    expect(chainCode(ca(basicConstraints(true), keyUsage(0, 6)))).toBe("x509/not-a-ca");
    expect(chainCode(ca(basicConstraints(true)))).toBe("accepted");
    expect(chainCode(ca(basicConstraints(true, 0), keyUsage(5)))).toBe("accepted");
    const rootWith = (pathLength: number) => [
      leafCert,
      caCert,
      make(specs.root, { extensions: [basicConstraints(true, pathLength), keyUsage(5)] }),
    ];
    expect(chainCode(rootWith(1))).toBe("accepted");
    expect(chainCode(rootWith(0))).toBe("x509/not-a-ca");
  });

  it("refuses a leaf that may sign certificates, or may not sign data", () => {
    expect(chainCode([caCert, rootCert])).toBe("x509/bad-leaf");
    expect(chainCode([rootCert])).toBe("x509/bad-leaf");
    expect(
      chainCode([
        make(specs.leaf, { extensions: [basicConstraints(true), keyUsage(0, 5)] }),
        caCert,
        rootCert,
      ]),
    ).toBe("x509/bad-leaf");
    expect(chainCode([make(specs.leaf, { extensions: [keyUsage(5)] }), caCert, rootCert])).toBe(
      "x509/bad-leaf",
    );
    expect(chainCode([make(specs.leaf, { extensions: [] }), caCert, rootCert])).toBe("accepted");
    expect(leafExtensions.length).toBe(2);
  });
});

describe("revocation lists", () => {
  const spec: CrlSpec = { issuer: caName, by: caKey, revoked: [3, new Uint8Array(20).fill(0x81)] };
  const verify = (change: Partial<CrlSpec> = {}, issuer: Certificate = caCert, atMs = at) =>
    verifyCrl(crypto, issuer, atMs, decodeCrl(crl({ ...spec, ...change })));
  const crlCode = (...args: Parameters<typeof verify>) => codeOf(() => verify(...args));

  it("state which serial numbers are revoked", () => {
    const verified = verify();
    expect(verified.isRevoked(leafCert.serial)).toBe(true);
    expect(verified.isRevoked(new Uint8Array(20).fill(0x81))).toBe(true);
    expect(verified.isRevoked(caCert.serial)).toBe(false);
    expect(verified.nextUpdateMs).toBe(validToMs);
    expect(verify({ revoked: [] }).isRevoked(leafCert.serial)).toBe(false);
  });

  it("must be signed by their issuer, be in force, and have an issuer that may sign lists", () => {
    expect(crlCode({ issuer: rootName })).toBe("x509/crl-wrong-issuer");
    expect(crlCode({ by: otherKey })).toBe("x509/crl-bad-signature");
    expect(crlCode({ thisUpdateMs: at, nextUpdateMs: at })).toBe("accepted");
    expect(crlCode({ thisUpdateMs: at + 1000 })).toBe("x509/crl-not-yet-valid");
    expect(crlCode({ nextUpdateMs: at - 1000 })).toBe("x509/crl-expired");
    expect(crlCode({}, caCert, Number.NaN)).toBe("x509/crl-not-yet-valid");
    expect(crlCode({}, make(specs.ca, { extensions: [basicConstraints(true), keyUsage(5)] }))).toBe(
      "x509/crl-not-allowed",
    );
  });

  it("must state when the next list is due, and be complete", () => {
    expect(codeOf(() => decodeCrl(crl({ ...spec, nextUpdateMs: null })))).toBe("x509/no-next-update");
    const partial = { id: "2.5.29.28", critical: true, value: sequence() };
    expect(codeOf(() => decodeCrl(crl({ ...spec, extensions: [partial] })))).toBe(
      "x509/unknown-critical-extension",
    );
    expect(codeOf(() => decodeCrl(crl({ ...spec, extensions: [{ ...partial, critical: false }] })))).toBe(
      "accepted",
    );
    expect(codeOf(() => decodeCrl(crl({ ...spec, entryExtensions: [partial] })))).toBe(
      "x509/unknown-critical-extension",
    );
    expect(
      codeOf(() => decodeCrl(crl({ ...spec, entryExtensions: [{ ...partial, critical: false }] }))),
    ).toBe("accepted");
    const bytes = crl(spec);
    for (let end = 0; end < bytes.length; end++)
      expect(codeOf(() => decodeCrl(bytes.subarray(0, end)))).toBe("asn1/truncated");
    expect(codeOf(() => decodeCrl(certificate(specs.leaf)))).toBe("x509/bad-version");
  });
});

describe("recorded chains", () => {
  const it = recorded.extend(
    "decode",
    ({ files }) =>
      (path: string) =>
        decodePem("CERTIFICATE", files.text(`attestation/${path}`)).map(decodeCertificate),
  );

  it("verifies AMD's: RSA-PSS over P-384, VCEK and VLEK", ({ decode }) => {
    const [ask, ark, asvk] = decode("snp/milan_ask_ark_asvk.pem") as [Certificate, Certificate, Certificate];
    const [vcek] = decode("snp/snp-milan-2023.vek.pem") as [Certificate];
    const [vlek] = decode("snp/snp-milan-vlek.vek.pem") as [Certificate];
    expect(vcek.publicKey.kind).toBe("p384");
    expect(chainCode([vcek, ask, ark], Date.UTC(2023, 1, 23), ark)).toBe("accepted");
    expect(chainCode([vlek, asvk, ark], Date.UTC(2025, 1, 1), ark)).toBe("accepted");
    expect(chainCode([vlek, asvk, ark], Date.UTC(2026, 1, 1), ark)).toBe("x509/expired");
    expect(chainCode([vcek, asvk, ark], Date.UTC(2025, 1, 1), ark)).toBe("x509/issuer-missing");
  });

  it("verifies Azure's: PKCS #1 over SHA-384 and SHA-512", ({ files, decode }) => {
    const { akCertificatePem, akIntermediatesPem } = files.json("attestation/azure/azure-tdx-2026.json");
    const chain = [akCertificatePem, ...akIntermediatesPem].flatMap((text: string) =>
      decodePem("CERTIFICATE", text).map(decodeCertificate),
    );
    const [azure] = decode("azure/azure-virtual-tpm-root-2023.pem") as [Certificate];
    expect(chain.map(({ algorithm }) => algorithm)).toEqual([
      "rsa-pkcs1-sha512",
      "rsa-pkcs1-sha512",
      "rsa-pkcs1-sha384",
    ]);
    expect(chainCode(chain, Date.UTC(2026, 5, 23), azure)).toBe("accepted");
    expect(chainCode(chain.slice(0, 2), Date.UTC(2026, 5, 23), azure)).toBe("x509/issuer-missing");
  });
});
