/**
 * Reads PEM files as leniently as RFC 7468 allows. Lines may have any length and any line ending. White
 * space, blank lines and text outside the BEGIN and END lines are skipped. The content of a block is decoded
 * strictly. `decodePem` reads the PEM inside evidence. It accepts only one form, so that all copies of the
 * evidence are identical.
 * @see https://www.rfc-editor.org/rfc/rfc7468#section-2
 */
import { Asn1Error } from "@pruntime/core/asn1";
import { BytesError, fromBase64 } from "@pruntime/core/bytes";

/**
 * The blocks of one label in a PEM file.
 * @limit blocks
 * @source chosen: no hardware maker's certificate chain has more
 * @past `asn1/bad-pem`
 */
const maxBlocks = 8;

/**
 * Reads the DER of each block with this label, in order. At least one block is required. Blocks with other
 * labels are skipped like text.
 * @throws {@link Asn1Error} `asn1/bad-pem`
 */
export function readPem(label: string, text: string): readonly Uint8Array[] {
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
  const blocks: Uint8Array[] = [];
  let body: string[] | undefined;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const mark = line.replace(/[ \t\v\f]+$/, "");
    if (mark === begin || mark === end) {
      if ((mark === begin) !== (body === undefined) || blocks.length === maxBlocks) throw badPem(index);
      if (body !== undefined) blocks.push(decodeBody(body.join(""), index));
      body = body === undefined ? [] : undefined;
    } else body?.push(line.replace(/[ \t\v\f]+/g, ""));
  }
  if (body !== undefined || blocks.length === 0) throw badPem(text.length);
  return blocks;
}

function decodeBody(base64: string, at: number): Uint8Array {
  if (base64 === "") throw badPem(at);
  try {
    return fromBase64(base64);
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause;
    throw new Asn1Error({ code: "asn1/bad-pem", offset: at }, { cause });
  }
}

function badPem(offset: number): Asn1Error {
  return new Asn1Error({ code: "asn1/bad-pem", offset });
}
