/** Whom evidence is believed: keys of the hardware's makers, pinned here. Certificates for them are issued anew from time to time; keys are not. */
import type { Crypto } from "../crypto/index.ts";
import { simulationRoot } from "./simulated.ts";

/** One root for each kind of evidence. */
export interface AttestationRoots {
  /** Whose simulated evidence is let pass (compressed secp256k1); `undefined`, as in production: nobody's. */
  readonly simulation: Uint8Array | undefined;
}

/** The makers' published roots, and no simulation. */
export const hardwareRoots: AttestationRoots = { simulation: undefined };

/** The makers' roots, and simulated evidence too: anybody can make that. */
export function developmentRoots(crypto: Pick<Crypto, "secp256k1">): AttestationRoots {
  return { ...hardwareRoots, simulation: simulationRoot(crypto) };
}
