/**
 * Endorses evidence in replies. The gateway fetches the collateral that the hardware's maker publishes, and
 * adds it next to the worker's signed payload. The worker cannot fetch the collateral itself, because it has
 * no network access. The worker's signature need not cover the collateral, because the maker signs it. A
 * client may use its own endorsements instead.
 */
import { readEnvelope } from "@pruntime/api";
import { type Endorser, endorsementRequest, readEvidence } from "@pruntime/core/attestation";
import { fromUtf8, toBase64, utf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJson, type JsonLimits, type JsonObject, jsonObject } from "@pruntime/core/json";
import type { BaseLogger } from "pino";
import { DatedCache } from "./cache.ts";
import { CollateralError } from "./error.ts";
import { fetchIasReport, type IasOptions } from "./ias.ts";
import { amdKds, fetchVcek } from "./kds.ts";
import { fetchCollateral, intelPcs } from "./pccs.ts";
import { chipOf, expiryOf, platformOf } from "./platform.ts";

/** The services that publish endorsements. */
export interface EvidenceOptions {
  /** The URL of a caching service for Intel's collateral (PCCS). Default: Intel's own service. */
  readonly pccsUrl?: string;
  /** The URL of a key distribution service. Default: AMD's own service. */
  readonly kdsUrl?: string;
  /**
   * An attestation service for EPID quotes, such as the one that workers of 2020 used. Default: none, because
   * Intel has shut that service down.
   */
  readonly ias?: Omit<IasOptions, "timeoutMs">;
  /** The time limit of each request. Default: 10 s. */
  readonly timeoutMs?: number;
  /** The current time in Unix milliseconds. Default: this machine's clock. */
  readonly now?: () => number;
}

/** Endorses replies. */
export interface ReplyEndorser {
  /** Adds `collateral` to a reply's body. Returns the body unchanged if there is no collateral. */
  readonly endorse: (body: Uint8Array) => Promise<Uint8Array>;
  /**
   * When the collateral of the latest endorsed reply expires, in Unix milliseconds. `undefined` if no reply
   * was endorsed, or if its collateral does not state this time.
   */
  readonly expiresMs: () => number | undefined;
}

/**
 * The cache of collateral: its entries, their age, and the pause after a failure.
 * @limit keys, ms, ms
 * @source chosen: Intel's collateral is valid for up to a month
 * @past the oldest entry is forgotten; collateral is fetched again after a day, and after a failure at the
 * earliest after 30 s
 */
const limits = { maxKeys: 64, maxAgeMs: 24 * 3_600_000, failureMs: 30_000 };

/**
 * The JSON of a reply with evidence, and of its payload.
 * @limit characters, levels
 * @source the largest reply with evidence
 * @past the reply is sent without collateral, and the log says why
 */
const replyLimits: JsonLimits = { maxLength: 8 << 20, maxDepth: 16 };

/** Reads the field that all payloads with evidence share. */
/**
 * How long a service that publishes collateral may take to answer.
 * @limit ms
 * @source chosen; the operator may set another
 * @past the reply is sent without collateral, and the log says why
 */
const usualTimeoutMs = 10_000;
const readShown = jsonObject({ evidence: readEvidence }, "ignored");

/**
 * Endorses replies with collateral from these services. If a reply cannot be endorsed, `endorse` returns it
 * unchanged, and the log records why.
 */
export function replyEndorser(options: EvidenceOptions, log: BaseLogger): ReplyEndorser {
  const { timeoutMs = usualTimeoutMs, now = Date.now } = options;
  const sources = { ...options, timeoutMs, now, cache: new DatedCache<Collateral>(limits, now) };
  let expiresMs: number | undefined;
  const endorse = async (body: Uint8Array): Promise<Uint8Array> => {
    try {
      const text = fromUtf8(body);
      const { payload } = decodeJson(text, readEnvelope, replyLimits);
      const { evidence } = decodeJson(payload, readShown, replyLimits);
      const wanted = endorsementRequest(evidence);
      if (wanted === undefined) return body;
      const collateral = await fetchers[wanted.endorser](wanted.seen, sources);
      expiresMs = collateral.expiresMs;
      return utf8(`{"collateral":${JSON.stringify(collateral.json)},${text.slice(1)}`);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { part } = error instanceof CollateralError && "part" in error.detail ? error.detail : {};
      log.warn({ code: error.code, part }, "no collateral");
      return body;
    }
  };
  return { endorse, expiresMs: () => expiresMs };
}

/** Collateral, and when it expires in Unix milliseconds, if it states this. */
interface Collateral {
  /** The keys are field names of the JSON form of evidence. */
  readonly json: JsonObject;
  readonly expiresMs?: number;
}

interface Sources extends EvidenceOptions {
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly cache: DatedCache<Collateral>;
}

/**
 * Fetches the collateral that an endorser publishes for evidence. `seen` is the part of the evidence that the
 * endorser needs.
 * @throws {@link CollateralError}
 */
type Fetch = (seen: Uint8Array, sources: Sources) => Promise<Collateral>;

const fetchers: { readonly [E in Endorser]: Fetch } = {
  intel: (quote, { pccsUrl = intelPcs, timeoutMs, cache }) => {
    const platform = platformOf(quote);
    return cache.get(Object.values(platform).join("/"), async () => {
      const collateral = await fetchCollateral({ baseUrl: pccsUrl, timeoutMs }, platform);
      const expiresMs = expiryOf(collateral);
      return { value: { json: { collateral: JSON.stringify(collateral) }, expiresMs }, untilMs: expiresMs };
    });
  },
  amd: (report, { kdsUrl = amdKds, timeoutMs, now, cache }) => {
    const chip = chipOf(report);
    return cache.get(JSON.stringify(chip), async () => {
      const { vek, chain } = await fetchVcek({ baseUrl: kdsUrl, timeoutMs }, chip);
      const json = { vek_b64: toBase64(vek), chain_b64: chain.map(toBase64) };
      return { value: { json }, untilMs: now() + limits.maxAgeMs };
    });
  },
  "intel-ias": async (quote, { ias, timeoutMs }) => {
    if (ias === undefined)
      throw new CollateralError({
        code: "collateral/not-fetched",
        why: "no attestation service is configured",
      });
    const { report, signature, certificate } = await fetchIasReport({ ...ias, timeoutMs }, quote);
    return { json: { report, signature_b64: signature, certificate_b64: certificate } };
  },
};
