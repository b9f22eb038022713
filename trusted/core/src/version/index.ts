/** The version of this program. Every package of the repository has the same version. */
export const version = "0.1.0";
