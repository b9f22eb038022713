/**
 * Mutants that no test needs to kill, by file and what was changed, each with the reason. One that a test kills after all, or that is no
 * more, is reported: then its row goes.
 */
export const excused: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
