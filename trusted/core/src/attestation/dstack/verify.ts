/** Verifies a dstack guest's evidence: its TDX quote, and the log that explains the quote's registers. */
import { equal, fromHex } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import type { TrustedRoot } from "../../x509/index.ts";
import { verifyDcap } from "../dcap/verify.ts";
import type { AuthenticDstack, EndorsedDstack } from "../evidence/dstack.ts";
import { DstackError } from "./error.ts";
import { bootEvents, decodeDstackLog, replayDstackLog } from "./event-log.ts";

/**
 * Verifies a guest's evidence as of `atMs` (Unix milliseconds) under Intel's `root`.
 * @throws {@link DstackError}, DcapError, X509Error, Asn1Error, CodecError, JsonError, BytesError
 */
export function verifyDstack(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  evidence: EndorsedDstack,
): AuthenticDstack {
  const { quote, collateral, eventLog } = evidence;
  const tdx = verifyDcap(crypto, root, atMs, { kind: "tdx", quote, collateral });
  return { ...tdx, kind: "dstack", events: explain(crypto, tdx.measurements, eventLog) };
}

/**
 * Replays a log, checks that the result equals the quote's registers, and returns the log's boot events.
 * @param measurements the quote's registers, `rtmr0` to `rtmr3` in hex
 * @throws {@link DstackError}, JsonError, BytesError
 */
export function explain(
  crypto: Pick<Crypto, "sha384">,
  measurements: Readonly<Record<string, string>>,
  eventLog: Uint8Array,
): AuthenticDstack["events"] {
  const { registers, events } = replayDstackLog(crypto, decodeDstackLog(eventLog));
  registers.forEach((value, register) => {
    if (!equal(value, fromHex(measurements[`rtmr${register}`] ?? "")))
      throw new DstackError({ code: "dstack/register-mismatch", register });
  });
  return bootEvents(events);
}
