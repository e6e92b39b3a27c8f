// The session description of a message: its whole body, or one part of several (RFC 2046 §5.1, RFC 5621), as carriers send it
// beside ISUP (SIP-I, ITU-T Q.1912.5) or a location.
import { parseDigits } from "./lexical.ts";
import { contentType, header, type SipMessage } from "./message.ts";
import { parseParams, type Params } from "./params.ts";
import { decodeUtf8 } from "./utf8.ts";

/** `refuse`: there is a body that we may not pass over, or one that breaks its own form. */
export type SdpBody =
  | { readonly outcome: "none" }
  | { readonly outcome: "sdp"; readonly text: string }
  | { readonly outcome: "refuse"; readonly status: 400 | 415 };

/** Parts of one body; more than anybody sends. */
export const MAX_BODY_PARTS = 16;
/** RFC 2046 §5.1.1. */
const MAX_BOUNDARY_LENGTH = 70;
export const SDP_TYPE = "application/sdp";
/** A multipart body of any of these may hold our one part; of `alternative` the first description serves as well as the last. */
export const multipartTypes: readonly string[] = ["multipart/mixed", "multipart/related", "multipart/alternative"];

const none: SdpBody = { outcome: "none" };
const refuse = (status: 400 | 415): SdpBody => ({ outcome: "refuse", status });

/** Finds the session description. A body without a type is taken for one, as old senders meant it. */
export function readSdpBody(message: SipMessage): SdpBody {
  if (message.body.length === 0) return none;
  const type = contentType(message);
  const encoding = header(message, "content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") return refuse(415);
  if (type === null || type === SDP_TYPE) return { outcome: "sdp", text: decodeUtf8(message.body) };
  if (!multipartTypes.includes(type)) return refuse(415);
  const boundary = boundaryOf(header(message, "content-type") ?? "");
  return boundary === null ? refuse(400) : readParts(decodeUtf8(message.body), boundary);
}

function boundaryOf(value: string): string | null {
  const written = paramsOf(value)?.get("boundary") ?? null;
  const boundary = written?.startsWith('"') === true ? written.slice(1, -1) : written;
  return boundary !== null && boundary !== "" && boundary.length <= MAX_BOUNDARY_LENGTH ? boundary : null;
}

function paramsOf(value: string): Params | null {
  const semi = value.indexOf(";");
  return semi < 0 ? null : parseParams(value.slice(semi));
}

/** Parts of other types are passed over, unless their sender forbids just that (handling=required, RFC 3204, RFC 5621 §8). */
function readParts(body: string, boundary: string): SdpBody {
  const text = `\r\n${body}`;
  const delimiter = `\r\n--${boundary}`;
  let found: SdpBody = none;
  let at = text.indexOf(delimiter);
  for (let parts = 0; at >= 0; parts++) {
    const start = at + delimiter.length;
    if (text.startsWith("--", start)) return found;
    const end = text.indexOf(delimiter, start);
    const lineEnd = text.indexOf("\r\n", start);
    if (end < 0 || parts >= MAX_BODY_PARTS || text.slice(start, lineEnd).trim() !== "") return refuse(400);
    const read = readPart(text.slice(lineEnd, end));
    if (read.outcome === "refuse") return read;
    if (found.outcome === "none") found = read;
    at = end;
  }
  // No delimiter at all.
  return refuse(400);
}

/** `text` begins with the line end before the first header field, or before the empty line of a part without any. */
function readPart(text: string): SdpBody {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return refuse(400);
  const fields = new Map(text.slice(2, Math.max(2, headEnd)).split("\r\n").map((line) => {
    const colon = Math.max(0, line.indexOf(":"));
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const type = ((fields.get("content-type") ?? fields.get("c") ?? "text/plain").split(";", 1)[0] ?? "").trim().toLowerCase();
  if (type !== SDP_TYPE) return paramsOf(fields.get("content-disposition") ?? "")?.get("handling")?.toLowerCase() === "required" ? refuse(415) : none;
  const encoded = !["7bit", "8bit", "binary"].includes((fields.get("content-transfer-encoding") ?? "binary").toLowerCase());
  const length = fields.get("content-length");
  const part = text.slice(headEnd + 4);
  if (encoded || (length !== undefined && parseDigits(length, 6) === null)) return refuse(encoded ? 415 : 400);
  return { outcome: "sdp", text: part.endsWith("\n") ? part : `${part}\r\n` };
}
