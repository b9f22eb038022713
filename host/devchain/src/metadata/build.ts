/**
 * Turns pallets into metadata of versions 14, 15 and 16, in the shape that `@polkadot-api/substrate-bindings`
 * encodes.
 */
import { to0x } from "@pruntime/core/bytes";
import type { Pallet } from "../frame/pallet.ts";
import type { StorageItem } from "../frame/storage-item.ts";
import type { Role } from "../network.ts";
import { runtimeApisOf } from "./apis.ts";
import { extensionTypes, signedExtensions } from "./extensions.ts";
import { namedTypes } from "./named-types.ts";
import { enumOf, type NamedType, TypeRegistry } from "./type-registry.ts";

/** The metadata versions that the chain supports. */
export const servedVersions = [14, 15, 16] as const;

/** A metadata version that the chain supports. */
export type ServedVersion = (typeof servedVersions)[number];

/** Encodes a value of the type with this id. */
export type EncodeType = (type: number, value: unknown) => Uint8Array;

/** Metadata of one version, in the shape that `@polkadot-api/substrate-bindings` encodes. */
export interface VersionedMetadata {
  readonly tag: `v${ServedVersion}`;
  readonly value: Readonly<Record<string, unknown>> & { readonly lookup: unknown };
}

/** The runtime that metadata describes. */
export interface RuntimeTable {
  readonly pallets: readonly Pallet[];
  readonly role: Role;
}

const notDeprecated = { deprecationInfo: { tag: "NotDeprecated", value: undefined } } as const;

/**
 * Builds metadata of one version. `encodeType` encodes the values of constants and fallbacks. The real
 * `encodeType` uses codecs that are themselves made from metadata. Callers therefore build metadata twice:
 * first with an `encodeType` that returns no bytes, then with the real `encodeType`.
 */
export function buildMetadata(
  version: ServedVersion,
  { pallets, role }: RuntimeTable,
  encodeType: EncodeType,
): VersionedMetadata {
  const types = new TypeRegistry(runtimeTypes(pallets));
  const ids = {
    address: types.id("MultiAddress"),
    call: types.id("RuntimeCall"),
    event: types.id("RuntimeEvent"),
    error: types.id("RuntimeError"),
    signature: types.id("MultiSignature"),
    extra: types.id("SignedExtra"),
    extrinsic: types.id("UncheckedExtrinsic"),
    runtime: types.id("Runtime"),
  };
  const extensions = signedExtensions.map(([identifier, extra, additional]) => ({
    identifier,
    type: types.id(extra),
    additionalSigned: types.id(additional),
  }));
  const parts = {
    pallets: pallets.map((pallet) => buildPallet(version, types, pallet, encodeType)),
    apis: buildApis(types, role),
    outerEnums: { call: ids.call, event: ids.event, error: ids.error },
    custom: [],
    type: ids.runtime,
  };
  const { extrinsic: type, address, call, signature, extra } = ids;
  const extrinsic = {
    14: { type, version: 4, signedExtensions: extensions },
    15: { version: 4, address, call, signature, extra, signedExtensions: extensions },
    16: {
      version: [4],
      address,
      call,
      signature,
      signedExtensions: extensions,
      signedExtensionsByVersion: [[0, extensions.map((_, i) => i)]],
    },
  }[version];
  return { tag: `v${version}`, value: { ...parts, extrinsic, lookup: types.entries() } };
}

/**
 * The shared types, the types that pallets declare, and the enums that are derived from pallets: the call,
 * event and error enums of each pallet, and the outer enums with one variant for each pallet.
 */
function runtimeTypes(pallets: readonly Pallet[]): Record<string, NamedType> {
  const types: Record<string, NamedType> = { ...namedTypes, ...extensionTypes };
  const outer = (kind: "Call" | "Event" | "Error", has: (pallet: Pallet) => unknown): NamedType => ({
    path: `devchain_runtime::Runtime${kind}`,
    variants: pallets.filter(has).map(({ name, index }) => ({ name, index, fields: [`${name}${kind}`] })),
  });
  for (const pallet of pallets) {
    Object.assign(types, pallet.types);
    const module = pallet.name === "System" ? "frame_system" : `pallet_${pallet.name.toLowerCase()}`;
    if (pallet.calls)
      types[`${pallet.name}Call`] = { path: `${module}::pallet::Call`, variants: callVariants(pallet) };
    if (pallet.events)
      types[`${pallet.name}Event`] = { path: `${module}::pallet::Event`, variants: enumOf(pallet.events) };
    if (pallet.errors)
      types[`${pallet.name}Error`] = {
        path: `${module}::pallet::Error`,
        variants: pallet.errors.map((name, index) => ({ name, index })),
      };
  }
  types["RuntimeCall"] = outer("Call", ({ calls }) => calls);
  types["RuntimeEvent"] = outer("Event", ({ events }) => events);
  types["RuntimeError"] = outer("Error", ({ errors }) => errors);
  types["Runtime"] = { path: "devchain_runtime::Runtime" };
  return types;
}

function callVariants({ calls }: Pallet): NonNullable<NamedType["variants"]> {
  return (calls ?? []).map(({ name, index, args, docs }) => ({
    name,
    index,
    fields: args,
    ...(docs === undefined ? {} : { docs }),
  }));
}

function buildPallet(
  version: ServedVersion,
  types: TypeRegistry,
  pallet: Pallet,
  encodeType: EncodeType,
): unknown {
  const enumRef = (kind: string, present: unknown): unknown => {
    if (present === undefined) return undefined;
    const type = types.id(`${pallet.name}${kind}`);
    return version === 16 ? { type, deprecationInfo: [] } : type;
  };
  return {
    name: pallet.name,
    index: pallet.index,
    calls: enumRef("Call", pallet.calls),
    events: enumRef("Event", pallet.events),
    errors: enumRef("Error", pallet.errors),
    constants: Object.entries(pallet.constants ?? {}).map(([name, [expression, value]]) => {
      const type = types.id(expression);
      return { name, type, value: to0x(encodeType(type, value)), docs: [], ...notDeprecated };
    }),
    storage: pallet.storage && {
      prefix: pallet.name,
      items: pallet.storage.map((item) => buildStorage(types, item, encodeType)),
    },
    associatedTypes: [],
    viewFns: [],
    docs: [],
    ...notDeprecated,
  };
}

function buildStorage(types: TypeRegistry, item: StorageItem, encodeType: EncodeType): unknown {
  const value = types.id(item.value);
  const hashers = (item.hashers ?? []).map((tag) => ({ tag, value: undefined }));
  return {
    name: item.name,
    modifier: item.fallback === undefined ? 0 : 1,
    type:
      item.key === undefined
        ? { tag: "plain", value }
        : { tag: "map", value: { hashers, key: types.id(item.key), value } },
    fallback: item.fallback === undefined ? "0x00" : to0x(encodeType(value, item.fallback)),
    docs: [],
    ...notDeprecated,
  };
}

function buildApis(types: TypeRegistry, role: Role): unknown[] {
  return runtimeApisOf(role).map(({ name, version, methods }) => ({
    name,
    version,
    methods: Object.entries(methods).map(([method, [inputs, output]]) => ({
      name: method,
      inputs: Object.entries(inputs).map(([input, type]) => ({ name: input, type: types.id(type) })),
      output: types.id(output),
      docs: [],
      ...notDeprecated,
    })),
    docs: [],
    ...notDeprecated,
  }));
}
