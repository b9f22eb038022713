/**
 * The state components that an enclave (XFRM) or a TD (XFAM) may use. Their bits are those of XCR0 and
 * IA32_XSS.
 * @see https://cdrdv2.intel.com/v1/dl/getContent/671200 (Intel's manual, volume 1, section 13.1)
 */
export const xsaveBits = {
  x87: 0,
  SSE: 1,
  AVX: 2,
  BNDREGS: 3,
  BNDCSR: 4,
  opmask: 5,
  ZMM_Hi256: 6,
  Hi16_ZMM: 7,
  PT: 8,
  PKRU: 9,
  PASID: 10,
  CET_U: 11,
  CET_S: 12,
  HDC: 13,
  UINTR: 14,
  LBR: 15,
  HWP: 16,
  TILECFG: 17,
  TILEDATA: 18,
  APX: 19,
} as const;

/**
 * The components that a policy allows by default: plain registers. Components that record what the code does
 * (PT, LBR) or control the processor's power (HDC, HWP) are not among them.
 */
export const plainRegisters: readonly (keyof typeof xsaveBits)[] = [
  "x87",
  "SSE",
  "AVX",
  "BNDREGS",
  "BNDCSR",
  "opmask",
  "ZMM_Hi256",
  "Hi16_ZMM",
  "PKRU",
  "CET_U",
  "CET_S",
  "UINTR",
  "TILECFG",
  "TILEDATA",
  "APX",
];
