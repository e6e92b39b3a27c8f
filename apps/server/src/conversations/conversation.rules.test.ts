import { expect, test } from "vitest";
import { callOutcome } from "@ringdesk/contract/http";
import { statusAfterCall } from "./conversation.rules.ts";

test("RTE-7 calls that nobody talked in leave the conversation in wrap-up, others leave it open", () => {
  expect(Object.fromEntries(callOutcome.options.map((o) => [o, statusAfterCall(o)]))).toEqual({
    "answered": null, "failed": null, "interrupted": null,
    "missed": "wrap-up", "abandoned-in-ivr": "wrap-up", "abandoned-in-queue": "wrap-up", "voicemail": "wrap-up",
  });
});
