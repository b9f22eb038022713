/**
 * Reads the text of a policy, which is strict JSON. Unknown fields and wrong lengths are refused. A missing
 * field gets the default that docs/policy.md gives.
 */
import {
  decodeJson,
  type JsonLimits,
  type JsonReader,
  jsonAny,
  jsonBool,
  jsonEnum,
  jsonMap,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonReader,
  jsonString,
  jsonU32,
  type OptionalReader,
  schemaOf,
} from "../../json/index.ts";
import { tcbStatuses } from "../evidence/claims.ts";
import { type Sections, sections } from "../kinds.ts";
import { PolicyError } from "./error.ts";
import type { TcbPolicy } from "./general.ts";
import { readLineageRule } from "./lineage.ts";
import type { Policy } from "./policy.ts";
import { date, hex, list } from "./readers.ts";

/**
 * The text of a policy, signed or not.
 * @limit characters, levels
 * @source chosen: room for 1,024 entries in each list
 * @past `json/too-long` or `json/too-deep`
 */
export const policyLimits: JsonLimits = { maxLength: 256 * 1024, maxDepth: 8 };

/**
 * Reads a policy that the caller already trusts. Use {@link verifyPolicy} for a policy from an untrusted
 * source.
 * @throws JsonError; {@link PolicyError} `policy/unknown-version`
 */
export function decodePolicy(text: string): Policy {
  return decodeJson(text, readPolicy, policyLimits);
}

const status: JsonReader<TcbPolicy["accept"][number]> = jsonEnum(
  tcbStatuses.filter((word) => word !== "Unversioned"),
);

const readTcb: JsonReader<TcbPolicy> = jsonMap(
  jsonObject({
    accept: list(status),
    advisoriesAllowed: jsonOptional(list(jsonString(64))),
    graceDays: jsonOptional(jsonU32),
  }),
  ({ accept, advisoriesAllowed = [], graceDays = 0 }) => ({ accept, advisoriesAllowed, graceDays }),
);

const strictestTcb: TcbPolicy = { accept: [], advisoriesAllowed: [], graceDays: 0 };

/** The readers of the policy's sections. Each section is optional. */
const sectionKeys = Object.fromEntries(
  Object.entries<JsonReader<unknown>>(sections).map(([name, read]) => [name, jsonOptional(read)]),
) as { readonly [S in keyof Sections]: OptionalReader<Sections[S]> };

const versionOf = jsonObject({ version: jsonU32 }, "ignored");
const shape = jsonObject({
  ...sectionKeys,
  version: jsonAny,
  notAfter: jsonOptional(date),
  maxAgeSec: jsonOptional(jsonU32),
  minTcbEvaluationDataNumber: jsonOptional(jsonU32),
  collateralMaxAgeDays: jsonOptional(jsonU32),
  tcb: jsonOptional(readTcb),
  fmspcDeny: jsonOptional(list(hex(6))),
  ppidAllow: jsonOptional(jsonNullable(list(hex(16)))),
  allowDebug: jsonOptional(jsonBool),
  lineage: jsonOptional(readLineageRule),
});

/**
 * The age of evidence, for a policy that does not limit it.
 * @limit s
 * @source chosen; a policy may state another (`maxAgeSec`)
 * @past the client asks for new evidence
 */
const usualMaxAgeSec = 3600;

/**
 * Reads a policy from a JSON value.
 * @throws JsonError; {@link PolicyError} `policy/unknown-version`
 */
export const readPolicy: JsonReader<Policy> = jsonReader(schemaOf(shape), (value, at) => {
  const { version } = versionOf(value, at);
  if (version !== 1) throw new PolicyError({ code: "policy/unknown-version", version });
  const { version: _, notAfter: notAfterMs, ppidAllow, ...rest } = shape(value, at);
  const { maxAgeSec = usualMaxAgeSec, fmspcDeny = [], allowDebug = false, tcb = strictestTcb } = rest;
  const { lineage = [] } = rest;
  const general = { notAfterMs, maxAgeSec, tcb, fmspcDeny, ppidAllow: ppidAllow ?? undefined, allowDebug };
  return { ...rest, ...general, lineage };
});
