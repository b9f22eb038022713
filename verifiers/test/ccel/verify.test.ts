import { decodeQuote, type EndorsedTdx, intelRoot } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import { changed, withCases } from "../../../trusted/core/test/attestation/cases.ts";
import { at, evidence, root } from "../../../trusted/core/test/attestation/dcap/synthetic.ts";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { decodeTcgLog, replayTcgLog, verifyCcel } from "../../src/index.ts";
import { event, log } from "../tcg/made.ts";

const crypto = await createNativeCrypto();
const [one, two, three] = [32, 48, 48].map((length, i) => new Uint8Array(length).fill(i + 1)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const boot = log([
  event(1, 8, one, two),
  event(2, 8, one, three),
  event(1, 8, one, three),
  event(0, 3, one, two),
]);

/** The values of RTMR 0 to 3 after a replay of the log. A register that the log does not extend is zeros. */
const rtmrs = [1, 2, 3, 4].map(
  (register) => replayTcgLog(crypto, "sha384", decodeTcgLog(boot)).get(register) ?? new Uint8Array(48),
);
const tdWith = (rtmrs: readonly Uint8Array[]): EndorsedTdx => ({
  ...evidence({ body: "td10", rtmrs }),
  kind: "tdx",
});
const td = tdWith(rtmrs);
const verify = (bytes: Uint8Array, quoted = td) => verifyCcel(crypto, root, at, quoted, bytes);
const code = (bytes: Uint8Array, quoted = td) => codeOf(() => verify(bytes, quoted));

describe("verifyCcel", () => {
  it("accepts a log that leads to the quote's registers, including registers that are never extended", () => {
    const { quote, events } = verify(boot);
    expect([quote.kind, quote.measurements["rtmr0"], events.length]).toEqual(["tdx", toHex(rtmrs[0]!), 4]);
    expect(quote.measurements["rtmr3"]).toBe("00".repeat(48));
  });

  it.each([0, 1, 2, 3])("ccel/register-mismatch: RTMR %i of the quote has another value", (register) =>
    expect(code(boot, tdWith(rtmrs.with(register, new Uint8Array(48).fill(9))))).toBe(
      "ccel/register-mismatch",
    ),
  );

  it("ccel/register-mismatch: an event is missing, or there is an additional one", () => {
    const events = [event(1, 8, one, two), event(2, 8, one, three)];
    expect(code(log(events))).toBe("ccel/register-mismatch");
    expect(code(log([...events, event(1, 8, one, three), event(4, 8, one, two)]))).toBe(
      "ccel/register-mismatch",
    );
  });

  it.each([0, 5])("ccel/bad-register: an event measures into register %i", (register) => {
    const more = event(register, 8, one, two);
    expect(code(log([event(1, 8, one, two), event(2, 8, one, three), event(1, 8, one, three), more]))).toBe(
      "ccel/bad-register",
    );
  });

  it("refuses an enclave's quote, and a quote that is not authentic", () => {
    expect(code(boot, { ...evidence(), kind: "tdx" })).toBe("dcap/wrong-kind");
    expect(codeOf(() => verifyCcel(crypto, intelRoot, at, td, boot))).toBe("x509/untrusted-root");
    expect(code(boot, { ...td, quote: changed(td.quote, 400, 1) })).toBe("dcap/bad-quote-signature");
  });
});

describe("recorded logs of a TD's boot", () => {
  withCases("eventlog-gcp-ccel explains its quote", ({ cases }) => {
    const { eventlog, quoteCase, expect: want } = cases.named("eventlog-gcp-ccel");
    const { quote: path, collateral, at: moment } = cases.named(quoteCase);
    const evidence = { kind: "tdx", quote: cases.bytes(path), collateral: cases.bytes(collateral) } as const;
    const { quote, events } = verifyCcel(
      crypto,
      intelRoot,
      Date.parse(moment),
      evidence,
      cases.bytes(eventlog),
    );
    expect([events.length, quote.tcbStatus]).toEqual([want.events, "UpToDate"]);
    const { body } = decodeQuote(evidence.quote);
    expect(body.tee === "tdx" && body.rtmrs.map(toHex)).toEqual(
      [0, 1, 2, 3].map((i) => quote.measurements[`rtmr${i}`]),
    );
  });
});
