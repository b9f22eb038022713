/**
 * The recovery keys of an anchor, and the signatures in a recovery file.
 * @limit keys
 * @source chosen: more than any committee that guards a chain
 * @past `recovery/bad-keys`, `json/out-of-range`
 */
export const maxRecoveryKeys = 64;
