// Session descriptions as values (RFC 8866). Lines that have no meaning for audio (b=, i=, k=, …) are read over.
import { err, ok, type Result } from "@ringdesk/std";
import { MAX_FORMATS, MAX_MEDIA, MAX_SDP_LENGTH, MAX_SDP_LINE_LENGTH, MAX_SDP_LINES } from "./limits.ts";

export type Attribute = { readonly name: string; readonly value: string | null };
/** `c=`: `address` is as written, without the TTL of multicast. */
export type Connection = { readonly family: "IP4" | "IP6"; readonly address: string };
export type Origin = { readonly user: string; readonly sessionId: string; readonly version: string; readonly family: "IP4" | "IP6"; readonly address: string };
export type MediaSection = {
  /** audio, video, image, … */
  readonly kind: string;
  /** 0 refuses or ends the stream (RFC 3264 §6). */
  readonly port: number;
  /** RTP/AVP, UDP/TLS/RTP/SAVPF, … */
  readonly protocol: string;
  /** Payload types for RTP, most wanted first; anything else for other protocols. */
  readonly formats: readonly string[];
  readonly connection: Connection | null;
  readonly attributes: readonly Attribute[];
};
export type SessionDescription = {
  readonly origin: Origin;
  readonly connection: Connection | null;
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaSection[];
};

export type SdpMalformed = { readonly type: "sdp-malformed"; readonly line: number; readonly detail: string };

type Draft = { connection: Connection | null; readonly attributes: Attribute[] };
type MediaDraft = Draft & Omit<MediaSection, "connection" | "attributes">;

/** Parses a description. Total; each line is looked at once. Lines may end with LF alone. */
export function parseSdp(text: string): Result<SessionDescription, SdpMalformed> {
  const malformed = (line: number, detail: string): Result<never, SdpMalformed> => err({ type: "sdp-malformed", line, detail });
  if (text.length > MAX_SDP_LENGTH) return malformed(0, "too long");
  const lines = text.split("\n", MAX_SDP_LINES + 1);
  if (lines.length > MAX_SDP_LINES) return malformed(0, "too many lines");
  let origin: Origin | null = null;
  const session: Draft = { connection: null, attributes: [] };
  const media: MediaDraft[] = [];
  for (let i = 0; i < lines.length; i++) {
    const raw = lines[i] as string;
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line === "" && i > 0) continue;
    if (line.length > MAX_SDP_LINE_LENGTH) return malformed(i + 1, "line too long");
    if (line[1] !== "=") return malformed(i + 1, "no type");
    const value = line.slice(2);
    if (i === 0 && line !== "v=0") return malformed(1, "not version 0");
    const section = media.at(-1) ?? session;
    switch (line[0]) {
      case "o":
        origin = parseOrigin(value);
        if (origin === null) return malformed(i + 1, "origin");
        break;
      case "c":
        section.connection = parseConnection(value);
        if (section.connection === null) return malformed(i + 1, "connection");
        break;
      case "a":
        section.attributes.push(parseAttribute(value));
        break;
      case "m": {
        const parsed = parseMedia(value);
        if (parsed === null || media.length >= MAX_MEDIA) return malformed(i + 1, "media");
        media.push(parsed);
        break;
      }
    }
  }
  return origin === null ? malformed(0, "no origin") : ok({ origin, ...session, media });
}

const isFamily = (word: string | undefined): word is "IP4" | "IP6" => word === "IP4" || word === "IP6";

function parseOrigin(value: string): Origin | null {
  const [user, sessionId, version, net, family, address, ...rest] = value.trim().split(" ");
  if (user === undefined || !sessionId || !version || net !== "IN" || !isFamily(family) || !address || rest.length > 0) return null;
  return { user, sessionId, version, family, address };
}

function parseConnection(value: string): Connection | null {
  const [net, family, address, ...rest] = value.trim().split(" ");
  if (net !== "IN" || !isFamily(family) || !address || rest.length > 0) return null;
  return { family, address: address.split("/", 1)[0] ?? "" };
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(":");
  return colon < 0 ? { name: value.trim(), value: null } : { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

function parseMedia(value: string): MediaDraft | null {
  const [kind, ports, protocol, ...formats] = value.trim().split(/ +/);
  const port = /^(\d{1,5})(?:\/\d{1,3})?$/.exec(ports ?? "")?.[1];
  if (!kind || port === undefined || Number(port) > 65_535 || !protocol || formats.length === 0) return null;
  return { kind, port: Number(port), protocol, formats: formats.slice(0, MAX_FORMATS), connection: null, attributes: [] };
}

/** The text of a description, ready to send; `parseSdp` gives the same value back. */
export function printSdp(description: SessionDescription): string {
  const { origin: o } = description;
  const lines = ["v=0", `o=${o.user} ${o.sessionId} ${o.version} IN ${o.family} ${o.address}`, "s=-"];
  if (description.connection !== null) lines.push(printConnection(description.connection));
  lines.push("t=0 0", ...description.attributes.map(printAttribute));
  for (const m of description.media) {
    lines.push(`m=${m.kind} ${m.port} ${m.protocol} ${m.formats.join(" ")}`);
    if (m.connection !== null) lines.push(printConnection(m.connection));
    lines.push(...m.attributes.map(printAttribute));
  }
  return `${lines.join("\r\n")}\r\n`;
}

const printConnection = (c: Connection): string => `c=IN ${c.family} ${c.address}`;
const printAttribute = (a: Attribute): string => (a.value === null ? `a=${a.name}` : `a=${a.name}:${a.value}`);
