import { MAX_SPEECH_TEXT_CHARS } from "@ringdesk/contract/speech";
import { expect, test } from "vitest";
import { toUtterance } from "./text.ts";

const cases: readonly (readonly [string, string])[] = [
  ["Thank you for calling.", "Thank you for calling."],
  ["  two\n\tlines ", "two lines"],
  ["“Don’t hang up” – we’re coming…", '"Don\'t hang up" , we\'re coming.'],
  ["café Müller", "cafe Muller"],
  ["-o /etc/passwd; $(reboot) \u0000\u001b[2J", "-o /etc/passwd; $(reboot) [2J"],
];
for (const [given, said] of cases) test(`${JSON.stringify(given)} is said as ${JSON.stringify(said)}`, () => {
  expect(toUtterance("en-US", given)).toEqual({ ok: true, value: { engine: "flite-rms", text: said } });
});

test("refuses what cannot be said, and why", () => {
  expect(toUtterance("de-DE", "Guten Tag")).toEqual({ ok: false, error: "no-voice" });
  expect(toUtterance("en-CA", " ..! ")).toEqual({ ok: false, error: "text-empty" });
  expect(toUtterance("en-CA", "電話")).toEqual({ ok: false, error: "text-empty" });
  expect(toUtterance("en-US", "a".repeat(MAX_SPEECH_TEXT_CHARS + 1))).toEqual({ ok: false, error: "text-too-long" });
});
