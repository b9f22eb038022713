/**
 * Standard output carries frames and nothing else: whatever a library prints goes to standard error.
 * Imported before all else.
 */
import { Console } from "node:console";

globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });
