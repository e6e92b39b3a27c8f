import { expect, test } from "vitest";
import type { CallView } from "@ringdesk/contract/http";
import type { ConversationId, CustomerId, E164, Millis } from "@ringdesk/std";
import { composeDesk, dialerFor, type DeskParts } from "./desk.rules.ts";

const parts: DeskParts = { status: { value: "available", since: 0 as Millis, why: null, reason: null, subStatus: null }, dialer: { allowed: true }, device: "browser", offer: null, call: null, lastCall: null, fullness: null, openConversation: null, capacity: null };
const maria = { id: "v1" as ConversationId, customerId: "k1" as CustomerId, customerName: "Maria Jensen", customerNumber: "+13035550142" as E164 };

test("CALL-1 only who is available may call, and sees why not", () => {
  expect(dialerFor({ allowed: true }, { value: "available" })).toEqual({ allowed: true });
  expect(dialerFor({ allowed: true }, { value: "busy" })).toEqual({ allowed: false, why: "Choose Available to call." });
});
test("TEAM-3 the reason of the team goes before the reason of the status", () => {
  expect(dialerFor({ allowed: false, why: "no team" }, { value: "busy" })).toEqual({ allowed: false, why: "no team" });
});
test("CAP-1 who is available and gets no calls sees why", () => {
  expect(composeDesk({ ...parts, fullness: "voice" }).status.why).toMatch(/Mark it done/);
  expect(composeDesk({ ...parts, fullness: "voice", openConversation: maria }).status).toMatchObject({
    why: "Your conversation with Maria Jensen is still open. Mark it done to be offered calls.", openConversation: maria,
  });
  expect(composeDesk({ ...parts, fullness: "voice", openConversation: { ...maria, customerName: null } }).status.why).toContain("+1 303 555 0142");
  expect(composeDesk({ ...parts, fullness: "voice", openConversation: { ...maria, customerName: null, customerNumber: null } }).status.why).toContain("an unknown caller");
  expect(composeDesk(parts).status).toMatchObject({ why: null, openConversation: null });
  expect(composeDesk({ ...parts, fullness: "voice", openConversation: maria, call: {} as CallView }).status.openConversation).toBeNull();
  expect(composeDesk({ ...parts, fullness: "voice", status: { ...parts.status, value: "busy", why: "You took a call." } }).status.why).toBe("You took a call.");
});
test("the last call is shown only when there is no call", () => {
  const lastCall = { id: "c1" as CallView["id"], customerId: null, conversationId: null, reason: null };
  expect(composeDesk({ ...parts, lastCall }).lastCall).toEqual(lastCall);
  expect(composeDesk({ ...parts, lastCall, call: {} as CallView }).lastCall).toBeNull();
});
