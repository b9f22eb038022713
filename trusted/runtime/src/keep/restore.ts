/** Starts a worker, and restores the records that earlier runs stored. */
import { type Lineage, lineageWith } from "@pruntime/core/attestation";
import { equal, toHex } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { rulesNumber } from "@pruntime/core/version";
import { complete } from "@pruntime/core/work";
import { RuntimeError } from "../error.ts";
import { drawSecrets, identityOf, type WorkerKeys } from "../identity.ts";
import { init } from "../init.ts";
import type { Mark } from "../mark.ts";
import { setOperator } from "../operator.ts";
import { Runtime } from "../runtime.ts";
import { type Context, contextOf, newWorker, type RuntimePlatform, type State, started } from "../state.ts";
import { dataRecord } from "./data.ts";
import { identityOfWorker, identityRecord, type KeptIdentity } from "./identity.ts";
import { initRecord } from "./init.ts";
import { markOwner, markRecord, newMark, sameOwner } from "./mark.ts";
import { operatorRecord } from "./operator.ts";
import type { Effects, KeptRecord, RecordKind } from "./record.ts";

/** A sealed record, as the host stored it. */
export interface StoredRecord {
  readonly kind: string;
  /** Unseals the record. @throws ProtocolError */
  readonly open: () => KeptRecord;
}

/** A stored record that the worker could not restore and does not need. */
export interface LeftOut<S extends StoredRecord> {
  readonly stored: S;
  /** The code of the error that prevented the restore. */
  readonly why: string;
}

/** A started worker. */
export interface Started<S extends StoredRecord> {
  readonly runtime: Runtime;
  /** Whether the worker has new secrets, because no identity record was stored. */
  readonly fresh: boolean;
  readonly effects: Effects;
  readonly leftOut: readonly LeftOut<S>[];
}

/** How the records of one kind are restored. */
interface Restorer {
  readonly kind: string;
  /**
   * Whether the start fails if the record cannot be restored. A worker needs a required record to continue on
   * its chain.
   */
  readonly required: boolean;
  readonly restore: (context: Context, state: State, record: KeptRecord) => State;
}

/** The kinds of records that are restored after the identity, in this order. */
const restorers: readonly Restorer[] = [
  restorer(initRecord, true, (context, state, event) => complete(init(context, state, event)).state),
  // The host could also withhold the file, so a start that failed here would protect nothing.
  restorer(dataRecord, false, (context, state, { ecdhPublicKey, ...file }) => {
    if (!equal(ecdhPublicKey, context.identity.keyPair.publicKey))
      throw new RuntimeError({ code: "runtime/bad-record", kind: dataRecord.kind });
    started(state).data.store(file);
    return state;
  }),
  restorer(operatorRecord, false, (context, state, { publicKey, operator }) => {
    if (!equal(publicKey, context.identity.signer.publicKey))
      throw new RuntimeError({ code: "runtime/bad-record", kind: operatorRecord.kind });
    return setOperator(context, state, { kind: "set-operator", operator }).state;
  }),
];

/**
 * Starts a worker from its stored records. Records of unknown kinds are ignored.
 * @throws ProtocolError if a required record does not open or is refused; {@link RuntimeError}
 * `runtime/bad-record`, `runtime/no-mark`, `runtime/other-rules`, `runtime/other-chain`,
 * `runtime/bad-random`; LineageError `lineage/full`
 */
export function startRuntime<S extends StoredRecord>(
  platform: RuntimePlatform,
  stored: readonly S[],
): Started<S> {
  const { crypto, random, measurement } = platform;
  const sealed = stored.find(({ kind }) => kind === identityRecord.kind);
  const own = sealed && ofTheseRules(read(identityRecord, sealed.open()));
  const identity = identityOf(crypto, own?.secrets ?? drawSecrets(crypto, random));
  const mark = own && keptMark(stored, identity, own);
  const lineage = own && mark ? lineageNow(own, mark, measurement) : [];
  const context = contextOf(platform, identity);
  const leftOut: LeftOut<S>[] = [];
  const begun: State = { ...newWorker, boundTo: own?.anchor, mark, lineage };
  let state = begun;
  for (const { kind, required, restore } of restorers)
    for (const one of stored.filter((candidate) => candidate.kind === kind))
      try {
        state = restore(context, state, one.open());
      } catch (error) {
        if (required || !(error instanceof ProtocolError)) throw error;
        leftOut.push({ stored: one, why: (error as ProtocolError).code });
      }
  const isNew = own === undefined || !equal(own.measurement, measurement);
  const kept = { ...identity, lineage };
  const puts =
    isNew && state.boundTo !== undefined
      ? [identityOfWorker(kept, measurement, state.boundTo), ...newMark(identity, begun, state)]
      : [];
  return {
    runtime: new Runtime(context, state),
    fresh: own === undefined,
    effects: { puts, drops: [] },
    leftOut,
  };
}

function restorer<T>(
  kind: RecordKind<T>,
  required: boolean,
  restore: (context: Context, state: State, value: T) => State,
): Restorer {
  return {
    kind: kind.kind,
    required,
    restore: (context, state, record) => restore(context, state, read(kind, record)),
  };
}

/**
 * Refuses the identity of a program with a different rules number. @throws {@link RuntimeError}
 * `runtime/other-rules`
 */
function ofTheseRules(kept: KeptIdentity): KeptIdentity {
  if (kept.rules !== rulesNumber)
    throw new RuntimeError({ code: "runtime/other-rules", kept: kept.rules, own: rulesNumber });
  return kept;
}

/**
 * Returns the lineage of kept keys. If another program sealed them, that program has held them too. This can
 * happen only where the hardware gives one sealing key to several programs.
 * @throws LineageError `lineage/full`
 */
function lineageNow(
  { lineage, measurement }: KeptIdentity,
  { para, finalized }: Mark,
  own: Uint8Array,
): Lineage {
  if (equal(measurement, own)) return lineage;
  const code = { measurement: toHex(measurement) };
  return lineageWith(lineage, { kind: "sealed", code, block: para ?? finalized });
}

/**
 * Returns the mark that belongs to kept keys. @throws {@link RuntimeError} `runtime/no-mark`,
 * `runtime/bad-record` if the mark belongs to other keys or to another chain; as the record's `open`
 */
function keptMark(stored: readonly StoredRecord[], keys: WorkerKeys, { anchor }: KeptIdentity): Mark {
  const sealed = stored.find(({ kind }) => kind === markRecord.kind);
  if (sealed === undefined) throw new RuntimeError({ code: "runtime/no-mark" });
  const kept = read(markRecord, sealed.open());
  if (!sameOwner(kept, markOwner(keys, anchor)))
    throw new RuntimeError({ code: "runtime/bad-record", kind: markRecord.kind });
  return kept.mark;
}

function read<T>(kind: RecordKind<T>, record: KeptRecord): T {
  try {
    return kind.read(record);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RuntimeError({ code: "runtime/bad-record", kind: kind.kind }, { cause });
  }
}
