import { ok } from "@ringdesk/std";
import { expect, test } from "vitest";
import { completeHandlers } from "./handlers.ts";
import type { Handlers } from "./http.ports.ts";

const signOut = { signOut: async () => ok({}) };

test("an operation without a handler does not compile", () => {
  // @ts-expect-error -- every other operation is missing
  const handlers: Handlers = completeHandlers(signOut);
  expect(Object.keys(handlers)).toEqual(["signOut"]);
});

test("two handlers of one operation are refused at start", () => {
  expect(() => completeHandlers(signOut, { signOut: signOut.signOut })).toThrow("two rooms handle signOut");
});
