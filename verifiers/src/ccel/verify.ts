/**
 * Verifies a TDX quote together with the log of the guest's measured boot, which firmware stores in the ACPI
 * table CCEL. Replaying the log must give the quote's run-time registers. This authenticates the digests of
 * the events, not the data of the events.
 * @see https://uefi.org/specs/UEFI/2.10/38_Confidential_Computing.html
 */
import { type AuthenticTdx, type EndorsedTdx, verifyDcap } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import type { TrustedRoot } from "@pruntime/core/x509";
import { decodeTcgLog, replayTcgLog, type TcgEvent } from "../tcg/event-log.ts";

/** The reasons why {@link verifyCcel} rejects a log. */
export type CcelErrorDetail =
  /** An event extends a register other than RTMR 0 to 3, which a log numbers as 1 to 4. */
  | { readonly code: "ccel/bad-register"; readonly register: number }
  /** Replaying the log does not lead to the value of a register in the quote. */
  | { readonly code: "ccel/register-mismatch"; readonly register: number };

/** Thrown for a measured-boot log that does not match the quote. */
export class CcelError extends ProtocolError<CcelErrorDetail> {}

/** A TD whose quote matches the log of its boot. */
export interface AuthenticCcel {
  readonly quote: AuthenticTdx;
  /** The log's events, in order. Registers 1 to 4 are RTMR 0 to 3. */
  readonly events: readonly TcgEvent[];
}

/**
 * Verifies a quote as of `atMs` (Unix milliseconds) with Intel's `root`, and then compares the log with the
 * quote.
 * @throws {@link CcelError}, TcgError, DcapError, X509Error, Asn1Error, CodecError, JsonError, BytesError
 */
export function verifyCcel(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  evidence: EndorsedTdx,
  log: Uint8Array,
): AuthenticCcel {
  const quote = verifyDcap(crypto, root, atMs, evidence);
  const events = decodeTcgLog(log);
  const replayed = replayTcgLog(crypto, "sha384", events);
  const stray = [...replayed.keys()].find((register) => register < 1 || register > 4);
  if (stray !== undefined) throw new CcelError({ code: "ccel/bad-register", register: stray });
  for (const register of [0, 1, 2, 3]) {
    const value = replayed.get(register + 1) ?? new Uint8Array(48);
    if (toHex(value) !== quote.measurements[`rtmr${register}`])
      throw new CcelError({ code: "ccel/register-mismatch", register });
  }
  return { quote, events };
}
