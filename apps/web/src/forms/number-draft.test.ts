import { expect, test } from "vitest";
import type { SupportNumber } from "@ringdesk/contract/http";
import type { E164, NumberId, QueueId } from "@ringdesk/std";
import { changeOf, draftOf, draftProblems, freeKeys } from "./number-draft.ts";

const sales = "sales" as QueueId;
const number: SupportNumber = {
  id: "n1" as NumberId, number: "+12025550100" as E164, label: "Support", carrier: "sandbox", greeting: "Hello", queueId: null, recording: true,
  menu: { prompt: "Press 1 for sales.", keys: [{ key: "1", queueId: sales }] }, voicemail: { on: true, greeting: "Leave a message." },
};

test("what is not touched is sent as it was", () => {
  const { id: _id, number: _number, carrier: _carrier, ...rest } = number;
  expect(changeOf(draftOf(number))).toEqual(rest);
  expect(draftProblems(draftOf(number))).toEqual({});
});
test("a menu that is switched off is no menu; voicemail keeps its words", () => {
  const draft = draftOf(number);
  expect(changeOf({ ...draft, menu: { ...draft.menu, on: false }, voicemail: { ...draft.voicemail, on: false } })).toMatchObject({ menu: null, voicemail: { on: false, greeting: "Leave a message." } });
});
test("what is missing is told at its field", () => {
  const draft = draftOf({ ...number, menu: null, voicemail: { on: false, greeting: "" } });
  const keys = [{ key: "1", queueId: null }, { key: "1", queueId: sales }];
  expect(draftProblems({ ...draft, label: " ", menu: { on: true, prompt: "", keys }, voicemail: { on: true, greeting: " " } })).toEqual({
    label: "Enter a label", "menu/prompt": "Say which key does what", "menu/keys/0/queueId": "Choose a queue", "menu/keys/1/key": "This key leads somewhere already",
    "voicemail/greeting": "Say what callers hear before the tone",
  });
  expect(freeKeys(keys)[0]).toBe("2");
});
