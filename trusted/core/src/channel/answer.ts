/**
 * Maximum length of a contract's answer, in bytes of its JSON text. A contract with a longer list answers
 * with a page of the list. The worker refuses a longer answer, so it never sends one.
 */
export const maxAnswerBytes: number = 64 * 1024;
