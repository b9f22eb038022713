/**
 * Completes evidence on its way out: beside the worker's signed payload goes what the hardware's maker says of that hardware. The worker has no network to fetch it with, and need not
 * vouch for it; a client may bring its own instead.
 */
import type { GetEvidence, ReplyEnvelope } from "@pruntime/api";
import { type Evidence, readEvidence } from "@pruntime/core/attestation";
import { fromUtf8, toBase64, utf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import type { JsonObject } from "@pruntime/core/json";
import type { BaseLogger } from "pino";
import { type Dated, DatedCache } from "./cache.ts";
import { CollateralError } from "./error.ts";
import { fetchIasReport, type IasOptions } from "./ias.ts";
import { amdKds, fetchVcek } from "./kds.ts";
import { fetchCollateral, intelPcs } from "./pccs.ts";
import { chipOf, expiryOf, platformOf } from "./platform.ts";

/** Whom to ask about hardware. */
export interface EvidenceOptions {
  /** Default: Intel's own service. */
  readonly pccsUrl?: string;
  /** Default: AMD's own service. */
  readonly kdsUrl?: string;
  /** An attestation service of 2020. Default: none, for Intel's has ended. */
  readonly ias?: Omit<IasOptions, "timeoutMs">;
  /** For each request. Default: 10 s. */
  readonly timeoutMs?: number;
  /** Unix milliseconds. Default: this machine's clock. */
  readonly now?: () => number;
}

/** The reply's body with `collateral` in front, or as it was if there is none to be had. */
export type CompleteEvidence = (body: Uint8Array) => Promise<Uint8Array>;

/** Collateral is for a kind of platform, a month at a time; a failure is asked about again soon. */
const limits = { maxKeys: 64, maxAgeMs: 24 * 3_600_000, failureMs: 30_000 };

export function evidenceCompleter(options: EvidenceOptions, log: BaseLogger): CompleteEvidence {
  const { timeoutMs = 10_000, now = Date.now } = options;
  const cache = new DatedCache<JsonObject>(limits, now);
  const load = (evidence: Evidence): Promise<JsonObject | undefined> =>
    collateralOf(evidence, { ...options, timeoutMs, now }, cache);
  return async (body) => {
    try {
      const text = fromUtf8(body);
      const { payload } = JSON.parse(text) as ReplyEnvelope;
      const { evidence } = JSON.parse(payload) as GetEvidence;
      const collateral = await load(readEvidence(evidence, "/evidence"));
      return collateral === undefined
        ? body
        : utf8(`{"collateral":${JSON.stringify(collateral)},${text.slice(1)}`);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { part } = error instanceof CollateralError && "part" in error.detail ? error.detail : {};
      log.warn({ code: error.code, part }, "no collateral");
      return body;
    }
  };
}

type Sources = EvidenceOptions & Required<Pick<EvidenceOptions, "timeoutMs" | "now">>;

/** What is missing from evidence of this kind, under its names in the JSON of evidence; `undefined`: nothing. @throws {@link CollateralError} */
async function collateralOf(
  evidence: Evidence,
  sources: Sources,
  cache: DatedCache<JsonObject>,
): Promise<JsonObject | undefined> {
  const { pccsUrl = intelPcs, kdsUrl = amdKds, ias, timeoutMs, now } = sources;
  switch (evidence.kind) {
    case "simulated":
      return undefined;
    case "sgx":
    case "tdx":
    case "dstack": {
      const platform = platformOf(evidence.quote);
      return await cache.get(Object.values(platform).join("/"), async (): Promise<Dated<JsonObject>> => {
        const collateral = await fetchCollateral({ baseUrl: pccsUrl, timeoutMs }, platform);
        return { value: { collateral: JSON.stringify(collateral) }, untilMs: expiryOf(collateral) };
      });
    }
    case "snp": {
      const chip = chipOf(evidence.report);
      return await cache.get(JSON.stringify(chip), async (): Promise<Dated<JsonObject>> => {
        const { vek, chain } = await fetchVcek({ baseUrl: kdsUrl, timeoutMs }, chip);
        return {
          value: { vek_b64: toBase64(vek), chain_b64: chain.map(toBase64) },
          untilMs: now() + limits.maxAgeMs,
        };
      });
    }
    case "ias": {
      if (ias === undefined)
        throw new CollateralError({ code: "collateral/not-fetched", why: "no attestation service is named" });
      const { report, signature, certificate } = await fetchIasReport({ ...ias, timeoutMs }, evidence.quote);
      return { report, signature_b64: signature, certificate_b64: certificate };
    }
  }
}
