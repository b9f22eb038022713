/** Makes the versions of the embedded chain's runtimes. */
import { developmentSpecName } from "@pruntime/core/light-client";
import { runtimeApisOf } from "../metadata/apis.ts";
import type { Role } from "../network.ts";
import type { RuntimeVersion } from "../types.ts";

/** Returns the version of the embedded chain's runtime that has this `spec_version`. */
export function runtimeVersionOf(specVersion: number, systemVersion: number, role: Role): RuntimeVersion {
  return {
    specName: developmentSpecName,
    implName: developmentSpecName,
    authoringVersion: 1,
    specVersion,
    implVersion: 1,
    apis: runtimeApisOf(role).map(({ id, version }) => [id, version]),
    transactionVersion: 1,
    systemVersion,
    stateVersion: systemVersion,
  };
}

/** The version in the form of the `System.Version` constant. */
export interface VersionConstant {
  readonly spec_name: string;
  readonly impl_name: string;
  readonly authoring_version: number;
  readonly spec_version: number;
  readonly impl_version: number;
  readonly apis: readonly (readonly [id: string, version: number])[];
  readonly transaction_version: number;
  readonly system_version: number;
}

/** Renames the fields of a version to the field names of the constant. */
export function versionConstant(version: RuntimeVersion): VersionConstant {
  return {
    spec_name: version.specName,
    impl_name: version.implName,
    authoring_version: version.authoringVersion,
    spec_version: version.specVersion,
    impl_version: version.implVersion,
    apis: version.apis.map(([name, v]) => [name, v]),
    transaction_version: version.transactionVersion,
    system_version: version.systemVersion,
  };
}
