import type { SkillId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { askedWords, channelsOf, clockOf, minutesOf, opening } from "./routing.ts";

test("what a queue takes", () => {
  expect([channelsOf({ voiceEnabled: true, voiceOnly: true, channels: [] }), channelsOf({ voiceEnabled: true, voiceOnly: false, channels: ["email"] }), channelsOf({ voiceEnabled: false, voiceOnly: false, channels: ["sms", "chat"] })])
    .toEqual(["Voice only", "Voice, E-mail", "Text message, Chat"]);
});

test("times of a day, there and back; midnight as an end is the end of the day", () => {
  for (const minutes of [0, 1, 570, 1_439]) expect(minutesOf(clockOf(minutes), "start")).toBe(minutes);
  expect([clockOf(1_440), minutesOf("00:00", "end"), minutesOf("", "start"), minutesOf("24:00", "end"), minutesOf("9:00", "start")]).toEqual(["00:00", 1_440, null, null, null]);
});

test("whether it is open, and until when", () => {
  const now = Date.parse("2026-11-20T15:00:00Z"); // a Friday
  const at = (isOpen: boolean, iso: string | null) => opening({ isOpen, nextChangeAt: iso === null ? null : Date.parse(iso), timeZone: "America/New_York" }, now).replaceAll("\u202f", " ");
  expect([at(true, "2026-11-20T22:00:00Z"), at(false, "2026-11-23T14:00:00Z"), at(false, "2026-12-28T14:00:00Z"), at(true, null), at(false, null)])
    .toEqual(["Open until 5:00 PM", "Closed until Monday, 9:00 AM", "Closed until December 28, 9:00 AM", "Always open", "Never open in the coming weeks"]);
});

test("QUE-6 what a rule asks for of agents", () => {
  const names: Readonly<Record<string, string>> = { es: "Spanish", b: "Billing", f: "French" };
  const words = (skills: readonly string[], relaxAfterMs: number | null = null) => askedWords({ skills: skills as SkillId[], relaxAfterMs }, (id) => names[id] ?? "");
  expect([words([]), words(["gone"]), words(["es"]), words(["es", "b"], 60_000), words(["es", "b", "f"])])
    .toEqual([null, null, "to agents with Spanish", "to agents with Spanish and Billing; after 60 s to anybody", "to agents with Spanish, Billing and French"]);
});
