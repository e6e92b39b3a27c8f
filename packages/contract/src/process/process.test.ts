import { expect, test } from "vitest";
import { lifeline, readReady, readServerDetails, sampleUsersWord } from "./index.ts";

function fakeProcess(connected: boolean) {
  const listeners = new Map<string, () => void>();
  const sent: unknown[] = [];
  const send = (message: unknown) => sent.push(message);
  return {
    sent, emit: (event: string) => listeners.get(event)?.(),
    child: { connected, ...(connected ? { send } : {}), on: (event: string, listener: () => void) => listeners.set(event, listener) },
  };
}

test("stops once, whatever arrives first", () => {
  const { child, emit } = fakeProcess(true);
  const why: string[] = [];
  lifeline(child, (reason) => why.push(reason));
  emit("disconnect");
  emit("SIGTERM");
  expect(why).toEqual(["launcher-gone"]);
});

test("says ready to the launcher, and to nobody when started by hand", () => {
  const launched = fakeProcess(true);
  lifeline(launched.child, () => undefined).ready({ number: "+12025550123" });
  expect(launched.sent.map(readReady)).toEqual([{ ready: true, details: { number: "+12025550123" } }]);
  const byHand = fakeProcess(false);
  lifeline(byHand.child, () => undefined).ready();
  expect(byHand.sent).toEqual([]);
});

test("anything else on the channel is not a ready message", () => {
  expect([null, "ready", {}, { ready: "yes" }].map(readReady)).toEqual([null, null, null, null]);
  expect(readReady({ ready: true, details: { a: 1, b: "x" } })).toEqual({ ready: true, details: { b: "x" } });
});

test("the server's details, also what a stranger might have sent", () => {
  const ana = { name: "Ana Silva", email: "ana@acme.example", password: "abcd-efgh" };
  expect(readServerDetails({ setup: "needed" })).toEqual({ setup: "needed", ownerEmail: null, supportNumber: null, sampleUsers: [] });
  expect(readServerDetails({ setup: "done", sampleUsers: sampleUsersWord([ana]) }).sampleUsers).toEqual([ana]);
  for (const odd of ["", "[", "{}", '[{"name":"Ana"}]']) expect(readServerDetails({ sampleUsers: odd }).sampleUsers).toEqual([]);
});
