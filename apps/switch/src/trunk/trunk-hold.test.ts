import type { LegId } from "@ringdesk/std";
import type { UserAgentInput } from "@ringdesk/telecom/sip";
import { expect, test } from "vitest";
import type { TrunkContext } from "./trunk-context.ts";
import { holdHappened, reanswered } from "./trunk-hold.ts";
import { answerFor, newLeg } from "./trunk-leg.ts";
import type { NegotiatedMedia } from "./trunk.types.ts";

const sdpOf = (direction: string): string => ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 0", `a=${direction}`, ""].join("\r\n");

/** A leg that is up, and what became of it. */
function talking() {
  const fed: UserAgentInput[] = [];
  const media: NegotiatedMedia[] = [];
  const warned: string[] = [];
  const note = (_fields: object, message: string): void => void warned.push(message);
  const context = {
    feed: (input: UserAgentInput) => void fed.push(input),
    options: { log: { info: note, warn: note, error: note }, events: { mediaChanged: (_leg: LegId, changed: NegotiatedMedia) => void media.push(changed) } },
  } as unknown as TrunkContext;
  const leg = newLeg({ leg: "a" as LegId, trunk: "lab", direction: "in", state: "up", offer: null, rules: { allowLocalAddresses: false }, local: null }, () => 1);
  answerFor(leg, { address: "198.51.100.1", port: 10_000 }, sdpOf("sendrecv"));
  const change = (hold: boolean, answer: string | null): void => {
    holdHappened(context, leg, { type: "wished", hold });
    holdHappened(context, leg, { type: "turn-came" });
    reanswered(context, leg, answer, true);
  };
  return { context, leg, fed, warned, change, directions: () => media.map((m) => m.direction) };
}

test("CALL-5 what is agreed follows the answers to hold and resume", () => {
  const { fed, directions, change, warned } = talking();
  change(true, sdpOf("recvonly"));
  change(false, sdpOf("sendrecv"));
  expect([fed.map((input) => input.type), directions(), warned]).toEqual([["want-turn", "offer-in-turn", "want-turn", "offer-in-turn"], ["sendonly", "sendrecv"], []]);
});

test("CALL-5 a peer that accepts hold without an answer may be silent from then on, until the resume", () => {
  const { directions, change, warned } = talking();
  change(true, null);
  change(false, "no description");
  expect([directions(), warned.length]).toEqual([["sendonly", "sendrecv"], 2]);
});

test("the answer to a refresh that comes between is read by what the peer was told, not by what is wanted", () => {
  const { context, leg, directions } = talking();
  holdHappened(context, leg, { type: "wished", hold: true });
  reanswered(context, leg, sdpOf("sendrecv"), false);
  expect([directions(), leg.media?.direction]).toEqual([[], "sendrecv"]);
});
