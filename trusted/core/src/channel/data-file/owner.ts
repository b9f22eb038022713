/** What the owner of a file of DataPlaza does: it seals the file, and opens the results of its orders. */
import { concat, utf8 } from "../../bytes/index.ts";
import type { Crypto, P256KeyPair } from "../../crypto/index.ts";
import { encode } from "../../scale/index.ts";
import { channelInfo, type WorkerAddress } from "../binding.ts";
import { FileError } from "../error.ts";
import { setupBaseSender } from "../hpke.ts";
import { openBytes } from "../open-text.ts";
import { pad, textIn } from "../padding.ts";
import { encodeSignedQuery, type SignedQuery } from "../signed-query.ts";
import {
  fileMark,
  isSealedResult,
  type OrderRows,
  resultKeyOf,
  rowsMark,
  type SealedFile,
} from "./format.ts";

/**
 * Seals a file to a worker's key agreement key. `signed` is the signed text of {@link encodeFileText}, which
 * names the public half of `ephemeral`. The ephemeral key must not be used again.
 * @throws ChannelError `channel/bad-point`
 */
export function sealFile(
  crypto: Crypto,
  ephemeral: P256KeyPair,
  worker: WorkerAddress,
  signed: SignedQuery,
  file: Uint8Array,
): SealedFile {
  const context = setupBaseSender(crypto, worker.publicKey, channelInfo("file", worker), ephemeral);
  const text = encode(utf8(encodeSignedQuery(signed)), (w, bytes) => w.vecU8(bytes));
  const cipher = context.aead.seal(context.baseNonce, concat(text, pad(file, 0)), new Uint8Array());
  return { bytes: concat(fileMark, ephemeral.publicKey, cipher), resultKey: resultKeyOf(context) };
}

/**
 * Opens the result of an order.
 * @throws ChannelError `channel/bad-tag`; {@link FileError} `file/malformed`
 */
export function openResult(
  crypto: Crypto,
  resultKey: Uint8Array,
  path: string,
  sealed: Uint8Array,
): OrderRows {
  if (!isSealedResult(sealed)) throw new FileError({ code: "file/malformed" });
  const [iv, cipher] = [sealed.slice(ivAt, cipherAt), sealed.subarray(cipherAt)];
  const content = openBytes(crypto.aes256Gcm(resultKey), iv, cipher, utf8(path));
  const rows = textIn(content.subarray(33));
  if (content.length < 33 || rows === undefined) throw new FileError({ code: "file/malformed" });
  return { seller: content[0] === 0 ? undefined : content.slice(1, 33), rows: rows.slice() };
}

const ivAt = rowsMark.length;
const cipherAt = ivAt + 12;
