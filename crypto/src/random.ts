import { randomBytes } from "node:crypto";
import type { Random } from "@pruntime/core/crypto";
import { plain } from "./plain.ts";

/** The operating system's random bytes. */
export const secureRandom: Random = (length) => plain(randomBytes(length));
