/**
 * Redirects the console to standard error, because standard output carries only frames. It must be imported
 * before any other module.
 */
import { Console } from "node:console";

globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });
