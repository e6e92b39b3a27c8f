import { api } from "@ringdesk/contract/http";
import { afterEach, expect, test, vi } from "vitest";
import { describeFailure, fieldErrors, isSignedOut, request, urlOf } from "./client.ts";

afterEach(() => { vi.unstubAllGlobals(); });
const answering = (body: unknown, status = 200): void => { vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status })); };

test("a URL carries escaped parameters and leaves out what is undefined", () => {
  expect(urlOf(api.getTimeline, { params: { id: "a/b" }, query: { cursor: undefined, limit: 20 } })).toBe("/api/v1/customers/a%2Fb/timeline?limit=20");
});

test("an answer is parsed by the contract", async () => {
  answering({ needed: true });
  expect(await request("getSetup", {})).toEqual({ ok: true, value: { needed: true } });
});

test("an answer that breaks the contract is unreadable, not a crash", async () => {
  answering({ wanted: 1 });
  const got = await request("getSetup", {});
  expect(got.ok ? null : got.error.type).toBe("unreadable");
});

test("problem details become the failure, and field errors their pointers' paths", async () => {
  answering({ type: "about:blank", title: "Check the form", status: 422, code: "invalid", errors: [{ pointer: "/owner/email", detail: "Enter an e-mail address" }] }, 422);
  const got = await request("getSetup", {});
  if (got.ok) throw new Error("expected a failure");
  expect(fieldErrors(got.error)).toEqual({ "owner/email": "Enter an e-mail address" });
  expect(describeFailure(got.error).title).toBe("Check the form");
  expect(isSignedOut(got.error)).toBe(false);
});

test("no network, and a proxy's own page, are both unreachable", async () => {
  vi.stubGlobal("fetch", async () => { throw new TypeError("fetch failed"); });
  expect(await request("getSetup", {})).toEqual({ ok: false, error: { type: "unreachable" } });
  vi.stubGlobal("fetch", async () => new Response("<html>", { status: 502 }));
  expect(await request("getSetup", {})).toEqual({ ok: false, error: { type: "unreachable" } });
});
