// What a REGISTER asks for, read out of the message and checked (RFC 3261 §10.3, steps 3 to 6).
import { err, ok, type Result } from "@ringdesk/std";
import type { Flow, Received } from "../flow.ts";
import type { Refusal } from "../refusal.ts";
import { header, headerList, parseNameAddr, parseUri, userText, type NameAddr, type SipRequest, type SipUri } from "../syntax/index.ts";
import { DEFAULT_EXPIRES_SEC, MAX_CONTACTS, MAX_EXPIRES_SEC, MIN_EXPIRES_SEC, REGISTRABLE_NUMBER } from "./registrar.limits.ts";

/** Where a telephone can be reached. */
export type Contact = {
  readonly uri: SipUri;
  /** As the telephone wrote it: in our answers it looks for its own. */
  readonly written: string;
  readonly flow: Flow;
};

/** `contacts` empty: the telephone asks what is registered. `expiresSec` 0 removes that contact. */
export type RegisterRequest = {
  readonly number: string;
  readonly callId: string;
  readonly cseq: number;
  readonly wants: "remove-all" | readonly { readonly contact: Contact; readonly expiresSec: number }[];
};

const refuse = (status: number, reason?: string): Result<never, Refusal> => err({ status, headers: [], ...(reason === undefined ? {} : { reason }) });

/**
 * Reads a REGISTER. Who may register is settled before: today the neighbour's address is all that is asked for, so a
 * telephone may take any number that nobody needs to prove (§10.3 steps 3 and 4).
 *
 * Errors: 404 for what is no number, 400 for contacts that contradict themselves, 403 for contacts elsewhere than at the
 * sender's own address or by another transport, 423 for too short a time.
 */
export function readRegister({ message, envelope, from }: Received<SipRequest>): Result<RegisterRequest, Refusal> {
  const addressOfRecord = parseUri(envelope.to.uri);
  const number = addressOfRecord === null ? null : userText(addressOfRecord);
  if (number === null || !REGISTRABLE_NUMBER.test(number)) return refuse(404);
  const base = { number, callId: envelope.callId, cseq: envelope.cseq.number };
  const wished = readExpires(header(message, "expires"));
  const values = headerList(message, "contact");
  if (values.includes("*")) {
    // §10.3 step 6: `*` stands alone, and only to remove.
    return values.length === 1 && wished === 0 ? ok({ ...base, wants: "remove-all" }) : refuse(400, "Bad Contact");
  }
  if (values.length > MAX_CONTACTS) return refuse(403, "Too Many Contacts");
  const contacts: { contact: Contact; expiresSec: number }[] = [];
  for (const value of values) {
    const address = parseNameAddr(value);
    const contact = address === null ? refuse(400, "Bad Contact") : readContact(address, from);
    if (!contact.ok) return contact;
    const expiresSec = readExpires(address?.params.get("expires") ?? null) ?? wished ?? DEFAULT_EXPIRES_SEC;
    if (expiresSec > 0 && expiresSec < MIN_EXPIRES_SEC) return err({ status: 423, headers: [{ name: "min-expires", value: String(MIN_EXPIRES_SEC) }] });
    contacts.push({ contact: contact.value, expiresSec: Math.min(expiresSec, MAX_EXPIRES_SEC) });
  }
  return ok({ ...base, wants: contacts });
}

/** Only where the telephone itself is may calls be sent: a contact elsewhere would aim them at a third party (SEC-3). */
function readContact({ uri: written }: NameAddr, from: Flow): Result<Contact, Refusal> {
  const uri = parseUri(written);
  if (uri === null) return refuse(400, "Bad Contact");
  if (uri.scheme !== "sip") return refuse(403, "Contact Not Reachable");
  const address = uri.host.startsWith("[") ? uri.host.slice(1, -1) : uri.host;
  const transport = uri.params.get("transport")?.toLowerCase() ?? "udp";
  if (address.toLowerCase() !== from.address.toLowerCase() || transport !== from.transport || uri.params.has("maddr")) return refuse(403, "Contact Not Reachable");
  return ok({ uri, written, flow: { ...from, port: uri.port ?? DEFAULT_SIP_PORT } });
}

const DEFAULT_SIP_PORT = 5060;

/** Seconds; null when there are none or when they are malformed, which counts as no wish (§10.3 step 7). */
function readExpires(text: string | null): number | null {
  return text !== null && /^[0-9]+$/.test(text) ? Math.min(Number(text), MAX_EXPIRES_SEC) : null;
}
