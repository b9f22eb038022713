/**
 * PEM files as RFC 7468 lets programs read them: lines of any length and ending, white space, blank lines,
 * and any text outside the marks. What a block holds is decoded strictly. PEM inside evidence is read by
 * `decodePem`, which accepts one form only, so that no copy of the evidence differs from it.
 * @see https://www.rfc-editor.org/rfc/rfc7468#section-2
 */
import { Asn1Error } from "@pruntime/core/asn1";
import { BytesError, fromBase64 } from "@pruntime/core/bytes";

/** More than any chain of a hardware maker has. */
const maxBlocks = 8;

/**
 * The DER of each block of this label, in order; at least one. Blocks of other labels count as text.
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
