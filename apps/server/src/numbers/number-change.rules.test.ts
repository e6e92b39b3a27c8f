import { expect, test } from "vitest";
import type { SupportNumber } from "@ringdesk/contract/http";
import type { E164, NumberId, QueueId } from "@ringdesk/std";
import { changesOf } from "../organisation/index.ts";
import { changed, changeProblems, textsOf } from "./number-change.rules.ts";

const [sales, gone] = ["sales", "gone"] as unknown as readonly [QueueId, QueueId];
const number: SupportNumber = {
  id: "n1" as NumberId, number: "+12025550100" as E164, label: "Support", carrier: "sandbox", greeting: "Hello", queueId: null, recording: true, menu: null, voicemail: { on: false, greeting: "Later" },
};
const isQueue = (id: QueueId): boolean => id === sales;

test("ORG-3 what is wrong with a change is told at its field", () => {
  expect(changeProblems({ queueId: sales, menu: { prompt: "Press 1", keys: [{ key: "1", queueId: sales }] }, voicemail: { on: true, greeting: "Hi" } }, isQueue)).toEqual([]);
  const keys = [{ key: "1", queueId: sales }, { key: "1", queueId: gone }];
  expect(changeProblems({ queueId: gone, menu: { prompt: "Press 1", keys }, voicemail: { on: true, greeting: "" } }, isQueue).map(({ pointer }) => pointer))
    .toEqual(["/queueId", "/menu/keys/1/key", "/menu/keys/1/queueId", "/voicemail/greeting"]);
});
test("ORG-4 what is left out stays; the audit log is told of what differs and of nothing else", () => {
  const after = changed(number, { greeting: "Good day", queueId: sales });
  expect(after).toEqual({ ...number, greeting: "Good day", queueId: sales });
  expect(changesOf(number, after)).toEqual({ before: { greeting: "Hello", queueId: null }, after: { greeting: "Good day", queueId: sales } });
  expect(changed(after, { queueId: null }).queueId).toBeNull();
  expect(changesOf(number, changed(number, {}))).toBeNull();
});
test("a voicemail that is off is not spoken ahead", () => {
  expect(textsOf(number)).toEqual(["Hello"]);
  expect(textsOf({ ...number, greeting: "", menu: { prompt: "Press 1", keys: [] }, voicemail: { on: true, greeting: "Later" } })).toEqual(["Press 1", "Later"]);
});
