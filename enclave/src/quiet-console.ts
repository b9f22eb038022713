/**
 * Redirects the console to standard error, because standard output is reserved for frames. This module must
 * be imported before any other module.
 */
import { Console } from "node:console";

globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });
