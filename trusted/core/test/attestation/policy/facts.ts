/** Synthetic authentic evidence of every kind, and a policy that accepts all of this evidence. */
import type {
  Authentic,
  AuthenticAzure,
  AuthenticDstack,
  AuthenticIas,
  AuthenticSgx,
  AuthenticSimulated,
  AuthenticSnp,
  AuthenticTdx,
  DcapFacts,
} from "../../../src/attestation/index.ts";
import type { Json } from "../../../src/json/index.ts";

export const at: number = Date.parse("2026-06-15T12:00:00Z");
export const day: number = 24 * 60 * 60 * 1000;
export const h = (pair: string, bytes: number): string => pair.repeat(bytes);

const common = {
  tcbStatus: "UpToDate",
  advisories: [],
  reportData: new Uint8Array(64).fill(7),
  debug: false,
  validUntilMs: at + 20 * day,
} as const;

const dcap: DcapFacts = {
  fmspc: "00806f050000",
  ppid: h("1d", 16),
  tcbEvaluationDataNumber: 19,
  qeTcbStatus: "UpToDate",
  collateralIssuedMs: at - 10 * day,
  tcbDateMs: at - 100 * day,
};

const tdx = {
  ...dcap,
  tdAttributes: 1n << 28n,
  xfam: 0x602e7n,
  mrServiceTd: h("00", 48),
};

const enclave = { attributes: 5n, xfrm: 0xe7n, miscSelect: 0 };

const registers = {
  mrtd: h("a0", 48),
  rtmr0: h("a1", 48),
  rtmr1: h("a2", 48),
  rtmr2: h("a3", 48),
  rtmr3: h("a4", 48),
};

const snp: AuthenticSnp = {
  ...common,
  kind: "snp",
  tcbStatus: "Unversioned",
  measurements: { measurement: h("c0", 48) },
  product: "genoa",
  signedBy: "vcek",
  vmpl: 0,
  guestPolicy: 0x20000n,
  platformInfo: 0x25n,
  reportedTcb: "0a00000000001750",
  chipId: h("c1", 64),
  chipIdMasked: false,
  guestSvn: 3,
};

export const facts: {
  readonly sgx: AuthenticSgx;
  readonly tdx: AuthenticTdx;
  readonly dstack: AuthenticDstack;
  readonly snp: AuthenticSnp;
  readonly "azure-tdx": AuthenticAzure;
  readonly "azure-snp": AuthenticAzure;
  readonly ias: AuthenticIas;
  readonly simulated: AuthenticSimulated;
} = {
  sgx: {
    ...common,
    ...dcap,
    kind: "sgx",
    measurements: { mrenclave: h("5e", 32), mrsigner: h("51", 32) },
    isvProdId: 4,
    isvSvn: 3,
    ...enclave,
  },
  tdx: { ...common, ...tdx, kind: "tdx", measurements: registers },
  dstack: {
    ...common,
    ...tdx,
    kind: "dstack",
    measurements: { ...registers, mrtd: h("d0", 48) },
    events: { "app-id": h("d1", 20), "compose-hash": h("d2", 32), "os-image-hash": h("d3", 32) },
  },
  snp,
  "azure-tdx": azure({ ...common, ...tdx, kind: "tdx", measurements: registers }),
  "azure-snp": azure(snp),
  ias: {
    ...common,
    kind: "ias",
    measurements: { mrenclave: h("1a", 32), mrsigner: h("15", 32) },
    isvProdId: 1,
    isvSvn: 2,
    ...enclave,
    quoteStatus: "OK",
    timestampMs: at - 60_000,
  },
  simulated: {
    ...common,
    kind: "simulated",
    tcbStatus: "Unversioned",
    measurements: { measurement: h("5d", 32) },
  },
};

function azure(hardware: AuthenticTdx | AuthenticSnp): AuthenticAzure {
  return {
    ...common,
    kind: "azure",
    tcbStatus: hardware.tcbStatus,
    measurements: hardware.measurements,
    hardware,
    nonce: new Uint8Array(64).fill(9),
    pcrs: { "4": h("e4", 32), "9": h("e9", 32), "11": h("eb", 32) },
  };
}

export const every: readonly (readonly [string, Authentic])[] = Object.entries(facts);

/** The policy as JSON, so that a test can change a field and decode the result. */
export const accepting: Readonly<Record<string, Json>> = {
  version: 1,
  notAfter: "2026-12-31",
  maxAgeSec: 600,
  minTcbEvaluationDataNumber: 19,
  collateralMaxAgeDays: 10,
  tcb: { accept: ["UpToDate"], advisoriesAllowed: ["INTEL-SA-00615"], graceDays: 0 },
  fmspcDeny: ["00906ed50000"],
  ppidAllow: null,
  allowDebug: false,
  sgx: {
    measurements: [{ mrenclave: h("5e", 32), minIsvSvn: 3, notAfter: "2026-06-15T12:00:00Z" }],
    mrsigner: [{ mrsigner: h("77", 32), isvProdId: 4, minIsvSvn: 3 }],
  },
  tdx: {
    images: [
      registers,
      { mrtd: h("d0", 48), composeHash: h("d2", 32), osImageHash: h("d3", 32), appId: h("d1", 20) },
    ],
    allowServiceTd: [],
  },
  snp: {
    measurements: [h("99", 48), { measurement: h("c0", 48), minGuestSvn: 3 }],
    minTcb: { genoa: "0a00000000001750" },
    vmpl: [0],
    allowVlek: false,
  },
  azure: {
    images: [
      { launch: h("a0", 48), pcrs: { "4": h("e4", 32), "11": h("eb", 32) } },
      { launch: h("c0", 48), pcrs: { "9": h("e9", 32) } },
    ],
    tdx: {},
    snp: { minTcb: { genoa: "0a00000000001750" } },
  },
  ias: { mrsigner: [{ mrsigner: h("15", 32), isvProdId: 1, minIsvSvn: 2 }] },
  simulated: { measurements: [h("5d", 32)] },
};
