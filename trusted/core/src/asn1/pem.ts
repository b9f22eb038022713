/**
 * Strict PEM (RFC 7468). Begin and end marks have their own lines. The Base64 lines of a block have either 64
 * characters each or 76 characters each, but the last line of a block may be shorter. `\n` separates lines,
 * and at most one `\n` follows the last mark. Nothing else is accepted. If one byte of a PEM text is
 * replaced, the text is therefore either invalid or decodes to different bytes.
 */
import { BytesError, fromBase64 } from "../bytes/index.ts";
import { Asn1Error } from "./error.ts";

/**
 * The number of blocks in one PEM text.
 * @limit blocks
 * @source chosen: the certificate chains of all hardware makers have fewer
 * @past `asn1/bad-pem`
 */
const maxBlocks = 8;

/**
 * Reads the DER of each block, in order. At least one block is required, and all must have the same `label`.
 * @throws {@link Asn1Error} `asn1/bad-pem`
 */
export function decodePem(label: string, text: string): readonly Uint8Array[] {
  const [begin, end] = [`-----BEGIN ${label}-----\n`, `\n-----END ${label}-----`];
  const blocks: Uint8Array[] = [];
  let at = 0;
  do {
    const bodyAt = at + begin.length;
    const bodyEnd = text.indexOf(end, bodyAt);
    if (!text.startsWith(begin, at) || bodyEnd < 0 || blocks.length === maxBlocks) throw badPem(at);
    blocks.push(decodeBody(text.slice(bodyAt, bodyEnd), bodyAt));
    at = bodyEnd + end.length;
    if (at < text.length && text[at++] !== "\n") throw badPem(at);
  } while (at < text.length);
  return blocks;
}

function decodeBody(body: string, at: number): Uint8Array {
  const lines = body.split("\n");
  const width = lines.length > 1 ? (lines[0] as string).length : 76;
  const last = lines.length - 1;
  const good =
    (width === 64 || width === 76) &&
    lines.every((line, i) => (i < last ? line.length === width : fits(line, width)));
  if (!good) throw badPem(at);
  try {
    return fromBase64(lines.join(""));
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause;
    throw new Asn1Error({ code: "asn1/bad-pem", offset: at }, { cause });
  }
}

function fits(line: string, width: number): boolean {
  return line.length > 0 && line.length <= width;
}

function badPem(offset: number): Asn1Error {
  return new Asn1Error({ code: "asn1/bad-pem", offset });
}
