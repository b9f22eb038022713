/** The version of this program. Every package of the repository has the same version. */
export const version = "0.1.0";

/**
 * The version of the rules by which this program turns a chain's blocks into state: how it decodes events and
 * extrinsics, opens commands and writes execution receipts, and which limits apply. Programs with the same
 * number and the same state key compute the same state root for the same blocks. A change that could make a
 * root differ raises the number.
 */
export const rulesNumber = 3;
