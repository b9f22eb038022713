/** The version of the program, as its package names it. */
export const version = "0.1.0";
