/** Functions that build small type registries, pallets and runtimes by hand. */
import type {
  Field,
  PalletMetadata,
  Primitive,
  RegistryType,
  RuntimeMetadata,
  StorageItem,
  Variant,
} from "../../src/metadata/index.ts";

const noParameters: RegistryType["parameters"] = new Map();

export const named = (fields: Readonly<Record<string, number>>): Field[] =>
  Object.entries(fields).map(([name, type]) => ({ name, type }));
export const unnamed = (...types: number[]): Field[] => types.map((type) => ({ name: undefined, type }));

export const composite = (fields: readonly Field[], ...path: string[]): RegistryType => ({
  path,
  parameters: noParameters,
  definition: { kind: "composite", fields },
});
export const variant = (variants: readonly Variant[], ...path: string[]): RegistryType => ({
  path,
  parameters: noParameters,
  definition: { kind: "variant", variants },
});
export const alternative = (index: number, name: string, fields: readonly Field[] = []): Variant => ({
  name,
  index,
  fields,
});
export const option = (some: number): RegistryType =>
  variant([alternative(0, "None"), alternative(1, "Some", unnamed(some))], "Option");
export const sequence = (element: number): RegistryType => ({
  path: [],
  parameters: noParameters,
  definition: { kind: "sequence", element },
});
export const array = (length: number, element: number): RegistryType => ({
  path: [],
  parameters: noParameters,
  definition: { kind: "array", length, element },
});
export const tuple = (...elements: number[]): RegistryType => ({
  path: [],
  parameters: noParameters,
  definition: { kind: "tuple", elements },
});
export const primitive = (name: Primitive): RegistryType => ({
  path: [],
  parameters: noParameters,
  definition: { kind: "primitive", primitive: name },
});
export const compact = (element: number): RegistryType => ({
  path: [],
  parameters: noParameters,
  definition: { kind: "compact", element },
});
export const bits = (store: number, order: number): RegistryType => ({
  path: [],
  parameters: noParameters,
  definition: { kind: "bit-sequence", store, order },
});

export const runtime = (
  types: readonly RegistryType[],
  pallets: readonly PalletMetadata[] = [],
  extrinsic?: RuntimeMetadata["extrinsic"],
): RuntimeMetadata => ({
  version: 14,
  types,
  pallets,
  extrinsic,
});

export const pallet = (name: string, index: number, rest: Partial<PalletMetadata> = {}): PalletMetadata => ({
  ...{
    name,
    index,
    storage: undefined,
    calls: undefined,
    events: undefined,
    errors: undefined,
    constants: new Map(),
  },
  ...rest,
});

export const plainItem = (value: number): StorageItem => ({
  ...{ modifier: "default", hashers: [], key: undefined, value, fallback: Uint8Array.of(0) },
});
