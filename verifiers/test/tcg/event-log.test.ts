import { decodeQuote } from "@pruntime/core/attestation";
import { concat, fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { changed, withCases } from "../../../trusted/core/test/attestation/cases.ts";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { decodeTcgLog, replayTcgLog } from "../../src/index.ts";
import { event, log, start } from "./made.ts";

const one = new Uint8Array(32).fill(1);
const two = new Uint8Array(48).fill(2);

describe("a measured-boot log", () => {
  it("extends each register from zeros, in order, and leaves out events that are not measurements", () => {
    const events = decodeTcgLog(
      log([event(0, 8, one, two), event(4, 8, one, two), event(0, 3, two.slice(0, 32), two)]),
    );
    const once = crypto.sha256(concat(new Uint8Array(32), one));
    expect(events.map(({ register, type }) => [register, type])).toEqual([
      [0, 8],
      [4, 8],
      [0, 3],
    ]);
    expect(replayTcgLog(crypto, "sha256", events)).toEqual(
      new Map([
        [0, once],
        [4, once],
      ]),
    );
    expect(replayTcgLog(crypto, "sha384", events).get(4)).toEqual(
      crypto.sha384(concat(new Uint8Array(48), two)),
    );
  });

  const named = (locality: readonly number[], register = 0) => ({
    ...{ register, type: 3, digests: {} },
    data: concat(utf8("StartupLocality\0"), Uint8Array.from(locality)),
  });
  const extended = (register: number) => ({ register, type: 8, digests: { sha256: one }, data: one });

  it("starts PCR 0, and no other register, from the locality that the log states", () => {
    const replay = (locality: number) =>
      replayTcgLog(crypto, "sha256", [named([locality]), extended(0), extended(1)]);
    for (const locality of [0, 3, 4]) {
      const first = new Uint8Array(32).fill(locality, 31);
      expect(replay(locality).get(0)).toEqual(crypto.sha256(concat(first, one)));
      expect(replay(locality).get(1)).toEqual(crypto.sha256(concat(new Uint8Array(32), one)));
    }
    expect(replayTcgLog(crypto, "sha256", [named([3])])).toEqual(new Map());
  });

  it.each([[[]], [[1]], [[2]], [[5]], [[3, 0]]])("refuses %j as a locality", (locality) =>
    expect(codeOf(() => replayTcgLog(crypto, "sha256", [named(locality), extended(0)]))).toBe("tcg/bad-log"),
  );

  recorded("replays a recorded log that starts from locality 3", ({ files }) => {
    const events = decodeTcgLog(files.bytes("reports/tcg/tcg-locality3.bin"));
    const [first] = events.flatMap(({ digests: { sha256 }, type }) => (type === 8 && sha256 ? [sha256] : []));
    expect(replayTcgLog(crypto, "sha256", events).get(0)).toEqual(
      crypto.sha256(concat(new Uint8Array(32).fill(3, 31), first as Uint8Array)),
    );
  });

  it.each([
    ["nothing", new Uint8Array(), "codec/truncated"],
    ["a first event of another type", changed(log([]), 4, 1), "tcg/bad-log"],
    ["a first event for another register", changed(log([]), 0, 2), "tcg/bad-log"],
    ["a first event with a digest", changed(log([]), 8, 1), "tcg/bad-log"],
    ["another signature", changed(log([]), 32, 1), "tcg/bad-log"],
    ["no hashes", concat(start([])), "tcg/bad-log"],
    [
      "one hash twice",
      start([
        [11, 32],
        [11, 32],
      ]),
      "tcg/bad-log",
    ],
    ["too many hashes", start(Array.from({ length: 9 }, (_, i) => [i, 1] as const)), "tcg/bad-log"],
    ["an event with fewer digests", concat(log([]), event(0, 8, one)), "tcg/bad-digests"],
    ["an event with a hash twice", concat(log([]), event(0, 8, one, one)), "tcg/bad-digests"],
  ] as const)("refuses %s", (_, bytes, code) => expect(codeOf(() => decodeTcgLog(bytes))).toBe(code));

  it("refuses every strict prefix of an event", () => {
    const [head, whole] = [log([]).length, log([event(0, 8, one, two)])];
    for (let i = head + 1; i < whole.length; i++)
      expect(
        codeOf(() => decodeTcgLog(whole.subarray(0, i))),
        `${i}`,
      ).toBe("codec/truncated");
  });

  it("refuses more than a megabyte", () => {
    const endless = concat(log([]), ...Array.from({ length: 10_500 }, () => event(0, 8, one, two)));
    expect(endless.length).toBeGreaterThan(1024 * 1024);
    expect(codeOf(() => decodeTcgLog(endless))).toBe("tcg/bad-log");
  });

  it("refuses to replay a bank that the log does not have", () => {
    const events = decodeTcgLog(concat(start([[11, 32]]), event(0, 8, one)));
    expect(codeOf(() => replayTcgLog(crypto, "sha384", events))).toBe("tcg/bad-digests");
  });
});

describe("recorded measured-boot logs", () => {
  withCases(
    "eventlog-gcp-ccel leads to its quote's registers, but not with any altered digest",
    ({ cases }) => {
      const ccel = cases.named("eventlog-gcp-ccel");
      const { body } = decodeQuote(cases.bytes(cases.named(ccel.quoteCase).quote));
      const bytes = cases.bytes(ccel.eventlog);
      const events = decodeTcgLog(bytes);
      const rtmrs = (log: Uint8Array) => {
        const values = replayTcgLog(crypto, "sha384", decodeTcgLog(log));
        return [1, 2, 3, 4].map((i) => toHex(values.get(i) ?? new Uint8Array(48)));
      };
      const want = body.tee === "tdx" ? body.rtmrs.map(toHex) : [];
      expect([events.length, events.length + 1]).toContain(ccel.expect.events);
      expect(rtmrs(bytes)).toEqual(want);
      expect(want[3]).toBe("00".repeat(48));
      let measured = 0;
      for (const { digests, type } of events) {
        if (type === 3) continue;
        const digest = digests.sha384 as Uint8Array;
        measured++;
        expect(rtmrs(changed(bytes, digest.byteOffset - bytes.byteOffset, 1))).not.toEqual(want);
      }
      expect(measured).toBeGreaterThan(40);
    },
  );

  withCases("tpm-qemu-measured-boot: the log leads to PCR 0 to 9", ({ cases }) => {
    const found = cases.named("tpm-qemu-measured-boot");
    const values = replayTcgLog(crypto, "sha256", decodeTcgLog(cases.bytes("tpm/qemu-eventlog.bin")));
    for (const i of found.expect.eventLogReplayMatchesPcrs)
      expect(toHex(values.get(i) ?? new Uint8Array(32)), `${i}`).toBe(found.expect.pcrs[i]);
    const measured = fromHex("2a57f8e7085e93229d5922803a858739e850a1e6707dffc55d0f32221d9ef2d6");
    expect(toHex(crypto.sha256(concat(new Uint8Array(32), measured)))).toBe(found.expect.pcrs["14"]);
  });
});
