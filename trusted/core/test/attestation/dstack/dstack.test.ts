import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../../test/support/fixtures.ts";
import {
  bootEvents,
  decodeDstackLog,
  type EndorsedDstack,
  evidenceLimits,
  explain,
  hardwareRoots,
  replayDstackLog,
  verifyEvidence,
} from "../../../src/attestation/index.ts";
import { concat, toHex, utf8 } from "../../../src/bytes/index.ts";
import { codeOf } from "../../support/code.ts";
import { type Cases, changed, withCases } from "../cases.ts";

const crypto = await createNativeCrypto();
const runtimeType = 0x0800_0001;

interface Event {
  readonly imr: number;
  readonly event_type: number;
  readonly digest: string;
  readonly event: string;
  readonly event_payload: string;
  readonly version?: number;
}

/** An event of version 1, as dstack logs it. */
function runtime(name: string, payload: Uint8Array, type = runtimeType): Event {
  const digest = crypto.sha384(
    concat(Uint8Array.of(type & 255, (type >> 8) & 255, 0, type >>> 24), utf8(`:${name}:`), payload),
  );
  return { imr: 3, event_type: type, digest: toHex(digest), event: name, event_payload: toHex(payload) };
}

const firmware = (imr: number): Event => ({
  imr,
  event_type: 4,
  digest: "a5".repeat(48),
  event: "",
  event_payload: "00000000",
});
const compose = new Uint8Array(32).fill(0xc0);
const log: readonly Event[] = [
  firmware(0),
  firmware(1),
  firmware(0),
  firmware(2),
  runtime("app-id", new Uint8Array(20).fill(0xa9)),
  runtime("compose-hash", compose),
  runtime("system-ready", new Uint8Array()),
  runtime("compose-hash", new Uint8Array(32)),
];
const bytes = (events: readonly object[]) => utf8(JSON.stringify(events));

function registersOf(events: readonly Event[]): Record<string, string> {
  const { registers } = replayDstackLog(crypto, decodeDstackLog(bytes(events)));
  return Object.fromEntries(registers.map((value, i) => [`rtmr${i}`, toHex(value)]));
}

const registers = registersOf(log);
const code = (events: readonly object[], want = registers) =>
  codeOf(() => explain(crypto, want, bytes(events)));
const withEvent = (index: number, change: Partial<Event>) =>
  log.with(index, { ...(log[index] as Event), ...change });

describe("replayDstackLog", () => {
  it("extends each register from zeros, in order", () => {
    const digest = new Uint8Array(48).fill(0xa5);
    const once = crypto.sha384(concat(new Uint8Array(48), digest));
    expect(registers["rtmr1"]).toBe(toHex(once));
    expect(registers["rtmr2"]).toBe(toHex(once));
    expect(registers["rtmr0"]).toBe(toHex(crypto.sha384(concat(once, digest))));
  });
});

describe("explain", () => {
  it("returns the events up to system-ready, and none that the guest logged later", () =>
    expect(explain(crypto, registers, bytes(log))).toEqual({
      "app-id": "a9".repeat(20),
      "compose-hash": toHex(compose),
      "system-ready": "",
    }));

  it("event log payload not bound to digest: an edited payload beside the old digest is refused", () =>
    expect(code(withEvent(5, { event_payload: "00".repeat(32) }))).toBe("dstack/payload-mismatch"));

  it("an edited payload with a digest of its own does not lead to the quote's register", () =>
    expect(code(log.with(5, runtime("compose-hash", new Uint8Array(32))))).toBe("dstack/register-mismatch"));

  it("an edited name or type beside the old digest is refused", () => {
    expect(code(withEvent(5, { event: "compose-hush" }))).toBe("dstack/payload-mismatch");
    expect(code(withEvent(5, { event_type: runtimeType + 1 }))).toBe("dstack/payload-mismatch");
  });

  it("0.6 lite log: computes the missing digests of register 3, with the same result", () => {
    const lite = log.map((event) => (event.imr === 3 ? { ...event, digest: "" } : event));
    expect(explain(crypto, registers, bytes(lite))).toEqual(explain(crypto, registers, bytes(log)));
    const edited = lite.with(5, { ...(lite[5] as Event), event_payload: "00".repeat(32) });
    expect(code(edited)).toBe("dstack/register-mismatch");
  });

  it.each([0, 1, 2])("refuses an event of register %d without a digest", (imr) =>
    expect(code([...log, { ...firmware(imr), digest: "" }])).toBe("dstack/bad-event"),
  );

  it.each([0, 1, 2, 3])("refuses a quote with another value of register %d", (n) =>
    expect(code(log, { ...registers, [`rtmr${n}`]: "00".repeat(48) })).toBe("dstack/register-mismatch"),
  );

  it("refuses an event left out, added or moved", () => {
    expect(code(log.slice(1))).toBe("dstack/register-mismatch");
    expect(code([...log, runtime("more", new Uint8Array())])).toBe("dstack/register-mismatch");
    expect(code([...log.slice(0, 4), log[5] as Event, log[4] as Event, ...log.slice(6)])).toBe(
      "dstack/register-mismatch",
    );
    expect(code([])).toBe("dstack/register-mismatch");
  });

  it("refuses a name with a colon, because a part of the payload could pass for a part of the name", () => {
    const tricky = [runtime("a:b", utf8("c"))];
    expect(code(tricky, { ...registersOf([runtime("a", utf8("b:c"))]) })).toBe("dstack/bad-event");
  });

  describe("of version 2", () => {
    /** An event as dstack has logged it since 2026: the digest covers canonical JSON. */
    const second = (name: string, payload: Uint8Array): Event => {
      const text = `{"name":${JSON.stringify(name)},"payload":"${toHex(payload)}","type":${runtimeType}}`;
      return { ...runtime(name, payload), digest: toHex(crypto.sha384(utf8(text))), version: 2 };
    };
    const mixed = [...log.slice(0, 5), second("compose-hash", compose), second("a:b", compose)];

    it("is accepted beside events of version 1, and may have a colon in its name", () =>
      expect(explain(crypto, registersOf(mixed), bytes(mixed))).toEqual({
        "app-id": "a9".repeat(20),
        "compose-hash": toHex(compose),
        "a:b": toHex(compose),
      }));

    it("is refused with another name, payload, type or version beside the old digest", () => {
      const edited = (change: object) =>
        code(mixed.with(5, { ...(mixed[5] as Event), ...change }), registersOf(mixed));
      for (const change of [{ event: "x" }, { event_payload: "00" }, { event_type: 1 }, { version: 1 }])
        expect(edited(change)).toBe("dstack/payload-mismatch");
      for (const version of [0, 3]) expect(edited({ version })).toBe("dstack/bad-event");
    });

    recorded.for(["log-v1", "log-v2"])("%s replays", (name, { files }) => {
      const recordedLog = files.bytes(`reports/dstack-log/${name}.json`);
      expect(bootEvents(replayDstackLog(crypto, decodeDstackLog(recordedLog)).events)).toEqual({
        "app-id": "a9".repeat(20),
        "compose-hash": toHex(compose),
        "system-ready": "",
      });
    });
  });

  it("refuses a log that contains a boot event twice", () => {
    const twice = [runtime("compose-hash", compose), ...log.slice(4)];
    expect(code(twice, registersOf(twice))).toBe("dstack/duplicate-event");
  });

  it("accepts the log of a guest that is not ready yet", () => {
    const early = log.slice(0, 6);
    expect(Object.keys(explain(crypto, registersOf(early), bytes(early)))).toEqual([
      "app-id",
      "compose-hash",
    ]);
  });

  it("treats __proto__ like any other name", () =>
    expect(Object.keys(bootEvents(decodeDstackLog(bytes([runtime("__proto__", compose)]))))).toEqual([
      "__proto__",
    ]));
});

describe("decodeDstackLog", () => {
  const decode = (events: unknown) => codeOf(() => decodeDstackLog(utf8(JSON.stringify(events))));

  it.each([
    ["an object", {}, "json/wrong-type"],
    ["a register that no TD has", [{ ...firmware(0), imr: 4 }], "dstack/bad-event"],
    ["a short digest", [{ ...firmware(0), digest: "a5".repeat(47) }], "json/out-of-range"],
    ["half a byte of payload", [{ ...firmware(0), event_payload: "0" }], "json/out-of-range"],
    ["no payload", [{ ...firmware(0), event_payload: undefined }], "json/missing-key"],
  ])("refuses %s", (_, events, want) => expect(decode(events)).toBe(want));

  it("denial of service by big evidence: refuses a log beyond the limit before reading it", () =>
    expect(codeOf(() => decodeDstackLog(new Uint8Array(evidenceLimits.eventLog + 1)))).toBe(
      "dstack/log-too-long",
    ));
});

/** The recorded guest: its events, and functions that build and verify its evidence with a given log. */
function recordedGuest(cases: Cases) {
  const one = cases.named("eventlog-dstack");
  const quoteCase = cases.named(one.quoteCase);
  const evidence = (eventLog: Uint8Array): EndorsedDstack => ({
    kind: "dstack",
    quote: cases.bytes(quoteCase.quote),
    collateral: cases.bytes(quoteCase.collateral),
    eventLog,
  });
  const at = Date.parse(quoteCase.at);
  const verify = (given: EndorsedDstack) => verifyEvidence(crypto, hardwareRoots, given, at);
  return { events: cases.json(one.eventlog).event_log as readonly Event[], evidence, verify };
}

describe("recorded dstack guest", () => {
  const it = withCases.extend("guest", ({ cases }) => recordedGuest(cases));

  it("eventlog-dstack: the log replays to the quote's registers, and its payloads match", ({
    guest: { events, evidence, verify },
  }) => {
    const found = verify(evidence(bytes(events)));
    expect(found).toMatchObject({ kind: "dstack" });
    const payload = (name: string) => events.find(({ event }) => event === name)?.event_payload;
    expect(found).toHaveProperty(["events", "compose-hash"], payload("compose-hash"));
    expect(found).toHaveProperty(["events", "app-id"], payload("app-id"));
    expect(found).not.toHaveProperty(["events", "LIUM_MINER_HOTKEY"]);
  });

  it("event log payload not bound to digest: refuses an edited compose-hash payload with the old digest", ({
    guest: { events, evidence, verify },
  }) => {
    const index = events.findIndex(({ event }) => event === "compose-hash");
    const edited = events.with(index, { ...(events[index] as Event), event_payload: "00".repeat(32) });
    expect(codeOf(() => verify(evidence(bytes(edited))))).toBe("dstack/payload-mismatch");
  });

  it("a flipped bit of the quote is refused", ({ guest: { events, evidence, verify } }) => {
    const genuine = evidence(bytes(events));
    const flipped = { ...genuine, quote: changed(genuine.quote, 400, 1) };
    expect(codeOf(() => verify(flipped))).toBe("dcap/bad-quote-signature");
  });
});
