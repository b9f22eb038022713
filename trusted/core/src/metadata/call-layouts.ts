/** The layouts of a runtime's calls. A walk along these layouts finds the remarks inside a call. */
import type { Types } from "./compile.ts";
import { describeType } from "./describe.ts";
import { MetadataError } from "./error.ts";
import type { ExtrinsicFormat } from "./extrinsic-format.ts";
import { Layouts, special } from "./layout.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { findPallet } from "./require.ts";

const missingCall = new MetadataError({ code: "metadata/missing", what: "call System.remark_with_event" });

/**
 * The layouts of one runtime's types. Calls and remarks are marked in them, so that a walk finds the remarks.
 */
export class CallLayouts extends Layouts {
  /** The layout position of the runtime's call type. */
  readonly call: number;

  /**
   * @throws MetadataError `metadata/missing` if the runtime's calls do not contain `System.remark_with_event`
   * as FRAME defines it; `metadata/unknown-type`, `metadata/bad-type`
   */
  constructor(types: Types, metadata: RuntimeMetadata, format: ExtrinsicFormat) {
    const call = types.resolve(format.call);
    super(types, call);
    this.call = call;
    this.#addSystemCalls(metadata);
  }

  /**
   * Marks `System.remark_with_event` in the layout of the runtime's calls, so that the walk finds remarks.
   */
  #addSystemCalls(metadata: RuntimeMetadata): void {
    const outer = this.types.definition(this.call);
    const system = findPallet(metadata, "System");
    if (outer.kind !== "variant" || system?.calls === undefined) throw missingCall;
    const ofSystem = outer.variants.find(({ index }) => index === system.index);
    const position = this.types.resolve(system.calls);
    const calls = this.types.definition(position);
    if (ofSystem?.name !== system.name || calls.kind !== "variant") throw missingCall;
    const [content, ...others] = ofSystem.fields;
    if (content === undefined || others.length > 0 || this.types.resolve(content.type) !== position)
      throw missingCall;
    const remark = calls.variants.find(({ name }) => name === "remark_with_event");
    const [argument, ...more] = remark?.fields ?? [];
    if (remark === undefined || argument === undefined || more.length > 0) throw missingCall;
    if (describeType(this.types, argument.type) !== "Vec<u8>") throw missingCall;
    const alternatives = new Map(this.alternatives(calls.variants)).set(remark.index, [special.remark]);
    this.known.set(special.systemCalls, { kind: "variant", alternatives });
    const pallets = new Map(this.alternatives(outer.variants)).set(system.index, [special.systemCalls]);
    this.known.set(this.call, { kind: "variant", alternatives: pallets });
  }
}
