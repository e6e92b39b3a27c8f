import { expect, test } from "vitest";
import { readContact } from "./device.rules.ts";

const read: readonly (readonly [text: string, host: string, port: number | null, transport: string])[] = [
  ["sip:ana@10.0.0.7:5060", "10.0.0.7", 5060, "udp"], ["ana@desk.example.com", "desk.example.com", null, "udp"],
  [" SIP:ana@[2001:db8::7]:5070;transport=TCP ", "2001:db8::7", 5070, "tcp"], ["sip:ana@desk;transport=tls", "desk", null, "tls"],
];
for (const [text, host, port, transport] of read) {
  test(`${text.trim()} is an address`, () => expect(readContact(text)).toEqual({ ok: true, value: { kind: "fixed", user: "ana", host, port, transport } }));
}
for (const text of ["ana", "sip:@10.0.0.7", "sip:ana@10.0.0.7:70000", "sip:ana@10.0.0.7;transport=ws", "sip:a b@10.0.0.7", "tel:+12025550100", "sip:ana@10.0.0.7\r\nVia: x", "sip:ana@10.0.0.7?Route=x"]) {
  test(`SEC-3 ${JSON.stringify(text)} is none`, () => expect(readContact(text)).toEqual({ ok: false, error: { type: "contact-invalid" } }));
}
