// Where an agent's calls ring: what is stored of it, and how the address of a phone is read and written.
import { err, ok, type Millis, type Result, type UserId } from "@ringdesk/std";
import type { DeviceKind } from "@ringdesk/contract/http";
import type { PhoneAddress } from "../telephony/index.ts";

export type FixedAddress = Extract<PhoneAddress, { readonly kind: "fixed" }>;

export type StoredDevice = {
  readonly userId: UserId;
  readonly kind: DeviceKind;
  /** A phone that does not register, as the person wrote it. */
  readonly contact: string | null;
  /** What a phone registers with. Kept while the browser is used: the phone may stay registered. */
  readonly account: { readonly number: string; readonly password: string } | null;
  readonly changedAt: Millis;
};

const CONTACT = /^(?:sip:)?([A-Za-z0-9*#._+-]{1,64})@(?:([A-Za-z0-9][A-Za-z0-9.-]{0,252})|\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\])(?::([1-9]\d{0,4}))?(?:;transport=(udp|tcp|tls))?$/i;
const MAX_PORT = 65_535;

/** Reads `sip:user@host:port;transport=tcp`; `sip:`, port and transport may be missing. */
export function readContact(text: string): Result<FixedAddress, { readonly type: "contact-invalid" }> {
  const parts = CONTACT.exec(text.trim());
  const port = parts?.[4] === undefined ? null : Number(parts[4]);
  if (parts === null || (port ?? 1) > MAX_PORT) return err({ type: "contact-invalid" });
  const [, user = "", name, v6, , transport] = parts;
  return ok({ kind: "fixed", user, host: name ?? v6 ?? "", port, transport: transportOf(transport) });
}

function transportOf(text: string | undefined): FixedAddress["transport"] {
  const word = text?.toLowerCase();
  return word === "tcp" || word === "tls" ? word : "udp";
}

/** Where the calls of this device are rung; null: in the browser. */
export function phoneOf({ kind, contact, account }: StoredDevice): PhoneAddress | null {
  if (kind === "browser") return null;
  if (contact === null) return account === null ? null : { kind: "account", account: account.number };
  const fixed = readContact(contact);
  return fixed.ok ? fixed.value : null;
}
