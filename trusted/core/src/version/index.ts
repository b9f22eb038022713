/** The version of this program. Every package of the repository carries the same. */
export const version = "0.1.0";
