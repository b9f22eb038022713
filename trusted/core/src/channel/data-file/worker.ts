/** What the worker does with files of DataPlaza: it opens sealed files, and seals the rows of orders. */
import { BytesError, concat, fromUtf8, utf8 } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import { decodeJson, JsonError, type JsonLimits } from "../../json/index.ts";
import { CodecError, decodeAll, type Reader } from "../../scale/index.ts";
import { channelInfo, type WorkerChannel } from "../binding.ts";
import { FileError } from "../error.ts";
import { setupBaseRecipient } from "../hpke.ts";
import { openBytes, requireOpenable } from "../open-text.ts";
import { pad, unpad } from "../padding.ts";
import { readSignedQuery, type SignedQuery, verifyOrigin } from "../signed-query.ts";
import {
  encodeFileText,
  type FileKind,
  fileKinds,
  fileMark,
  type OrderRows,
  resultKeyOf,
  rowsMark,
  type SealedFile,
} from "./format.ts";

/** The content of a sealed file. */
export interface OpenedFile extends SealedFile {
  readonly kind: FileKind;
  /** The account that sealed the file, 32 bytes. */
  readonly owner: Uint8Array;
}

/**
 * The signed text of a sealed file, with the claim about its signer.
 * @limit characters, levels
 * @source the longest path, with each character escaped twice, and a signature
 * @past `file/malformed`
 */
const signedTextLimits: JsonLimits = { maxLength: 1 << 15, maxDepth: 8 };

/**
 * Opens a file that was sealed to this worker for this path, and verifies its owner.
 * @throws ChannelError `channel/bad-point`, `channel/bad-tag`, `channel/bad-padding`; {@link FileError};
 * QueryError `query/bad-encoding`, `query/bad-origin`, `query/bad-signature`
 */
export function openFile(
  crypto: Crypto,
  { genesisHash, keyPair }: WorkerChannel,
  path: string,
  sealed: Uint8Array,
): OpenedFile {
  const worker = { genesisHash, publicKey: keyPair.publicKey };
  const [enc, cipher] = [sealed.slice(encAt, cipherAt), sealed.subarray(cipherAt)];
  requireOpenable(undefined, cipher);
  const context = setupBaseRecipient(crypto, keyPair, channelInfo("file", worker), enc);
  const content = openBytes(context.aead, context.baseNonce, cipher, new Uint8Array());
  const { signed, file } = wellFormed(() => decodeAll(content, readContent));
  const kind = fileKinds.find(
    (one) => signed.queryPayload === encodeFileText({ kind: one, path, worker, enc }),
  );
  if (kind === undefined) throw new FileError({ code: "file/misplaced" });
  const owner = verifyOrigin(crypto, signed);
  if (owner === undefined) throw new FileError({ code: "file/unsigned" });
  return { kind, owner, bytes: unpad(file, 0), resultKey: resultKeyOf(context) };
}

const encAt = fileMark.length;
const cipherAt = encAt + 65;

function readContent(r: Reader): { readonly signed: SignedQuery; readonly file: Uint8Array } {
  const text = fromUtf8(r.vecU8(signedTextLimits.maxLength));
  return { signed: decodeJson(text, readSignedQuery, signedTextLimits), file: r.take(r.left) };
}

/** The order whose rows are sealed. */
export interface ResultBinding {
  /** The key that came with the buyer's query file, 32 bytes. */
  readonly resultKey: Uint8Array;
  /** The path of the result. A result that is shown under another path does not open. */
  readonly path: string;
  /** The length of the dataset. Results of datasets that are padded to one length have one length. */
  readonly datasetBytes: number;
}

/** Seals the rows of an order to its buyer. `iv` is 12 fresh random bytes. */
export function sealResult(
  crypto: Crypto,
  { resultKey, path, datasetBytes }: ResultBinding,
  iv: Uint8Array,
  { seller, rows }: OrderRows,
): Uint8Array {
  const from = concat(Uint8Array.of(seller === undefined ? 0 : 1), seller ?? new Uint8Array(32));
  const content = concat(from, pad(rows, datasetBytes));
  return concat(rowsMark, iv, crypto.aes256Gcm(resultKey).seal(iv, content, utf8(path)));
}

function wellFormed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof JsonError || cause instanceof BytesError || cause instanceof CodecError))
      throw cause;
    throw new FileError({ code: "file/malformed" }, { cause });
  }
}
