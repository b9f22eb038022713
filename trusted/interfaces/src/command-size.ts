/** The size of commands, which workers and clients share. The client imports no other file from here. */

/**
 * The text of a command, without the padding that channel v2 adds. With padding, the longest command has 62
 * KiB.
 * @limit bytes
 * @source protocol: part of the rules number. Every entry of a list repeats at most the text of one command,
 * so an answer can contain any entry
 * @past the client does not seal it (`client/command-too-large`); a worker ends it with `BadCommand`
 */
export const maxCommandBytes: number = 60 * 1024;
