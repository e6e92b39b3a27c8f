// Builds SIPp scenarios from steps, so that a test reads as the call flow that it plays.
export type Step = string;

const VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport";
const FROM = 'From: "Caller" <sip:+12025550111@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]';

export interface SdpOptions { readonly direction?: string; readonly version?: number; readonly address?: string; readonly payloadTypes?: string; readonly codecs?: readonly string[] }

export const sdp = ({ direction = "sendrecv", version = 1, address = "[media_ip]", payloadTypes = "0 101", codecs = ["0 PCMU/8000", "101 telephone-event/8000"] }: SdpOptions = {}): string =>
  ["v=0", `o=- 1 ${version} IN IP4 [local_ip]`, "s=-", `c=IN IP4 ${address}`, "t=0 0", `m=audio [media_port] RTP/AVP ${payloadTypes}`, ...codecs.map((c) => `a=rtpmap:${c}`), "a=ptime:20", `a=${direction}`, ""].join("\n");

const send = (lines: readonly string[], body = "", retrans = true): Step =>
  `  <send${retrans ? ' retrans="500"' : ""}><![CDATA[\n${[...lines, ...(body ? ["Content-Type: application/sdp"] : []), "Content-Length: [len]", "", body].join("\n")}]]></send>\n`;

/** A request outside (or, after an answer, inside) the dialog of the INVITE. */
const request = (method: string, cseq: number, inDialog: boolean): string[] => [
  inDialog ? `${method} [next_url] SIP/2.0` : `${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0`, VIA, ...(inDialog ? ["[routes]"] : []), FROM,
  inDialog ? "[last_To:]" : "To: <sip:[service]@[remote_ip]:[remote_port]>", "Call-ID: [call_id]", `CSeq: ${cseq} ${method}`, "Max-Forwards: 70", "Contact: <sip:caller@[local_ip]:[local_port]>",
];

export const invite = (body = sdp()): Step => send(request("INVITE", 1, false), body);
export const reinvite = (cseq: number, body: string): Step => send(request("INVITE", cseq, true), body);
export const outside = (method: string): Step => send(request(method, 1, false));
export const inside = (method: string, cseq: number): Step => send(request(method, cseq, true));
export const ack = (cseq = 1, body = ""): Step => send(request("ACK", cseq, true), body, false);
/** ACK and CANCEL of the INVITE transaction itself: same branch (RFC 3261 §17.1.1.3, §9.1). */
export const ackRefusal = (): Step => send(["ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0", "[last_Via:]", FROM, "[last_To:]", "Call-ID: [call_id]", "CSeq: 1 ACK", "Max-Forwards: 70"], "", false);
export const cancel = (): Step => send(["CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0", "[last_Via:]", FROM, "To: <sip:[service]@[remote_ip]:[remote_port]>", "Call-ID: [call_id]", "CSeq: 1 CANCEL", "Max-Forwards: 70"]);

export const provisional = (): Step => [100, 180, 183].map((s) => `  <recv response="${s}" optional="true"/>\n`).join("");
/** Expects the response; `check` must match its body or, with `header`, that header. */
export const expectStatus = (status: number, check?: { readonly regexp: string; readonly header?: string }): Step =>
  `  <recv response="${status}" rrs="true">${check ? `<action><ereg regexp="${check.regexp}" search_in="${check.header ? `hdr" header="${check.header}:` : "body"}" check_it="true" assign_to="seen"/><log message="[$seen]"/></action>` : ""}</recv>\n`;
export const expectRequest = (method: string, optional = false): Step => `  <recv request="${method}"${optional ? ' optional="true"' : ""} rrs="true"/>\n`;
export const pause = (ms: number): Step => `  <pause milliseconds="${ms}"/>\n`;
export const bye = (cseq = 2): Step => inside("BYE", cseq) + expectStatus(200);

/** A response to the last request received; `tag` starts our side of a dialog. */
export const respond = (status: number, reason: string, body = "", retrans = false): Step =>
  send([`SIP/2.0 ${status} ${reason}`, "[last_Via:]", "[last_Record-Route:]", "[last_From:]", "[last_To:];tag=[pid]uas[call_number]", "[last_Call-ID:]", "[last_CSeq:]", "Contact: <sip:callee@[local_ip]:[local_port]>"], body, retrans);
/** A response inside the dialog, whose To has its tag already. */
export const respondInside = (status: number, reason: string, body = ""): Step =>
  send([`SIP/2.0 ${status} ${reason}`, "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]", "Contact: <sip:callee@[local_ip]:[local_port]>"], body, false);

export const scenario = (name: string, ...steps: Step[]): string => `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps.join("")}</scenario>\n`;
