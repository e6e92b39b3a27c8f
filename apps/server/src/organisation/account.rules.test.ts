import { describe, expect, test } from "vitest";
import { permissionsOf, type Account } from "@ringdesk/contract/http";
import type { Millis, UserId } from "@ringdesk/std";
import { refusedChange, refusedDeactivation } from "./account.rules.ts";
import { changesOf } from "./change.rules.ts";

const admin = "admin" as UserId;
const account = (change: Partial<Account> = {}): Account => ({
  id: "ana" as UserId, name: "Ana", email: "ana@a.example", role: "agent", isOwner: false, state: "active", permissionSetId: null, linkExpiresAt: null, createdAt: 0 as Millis, ...change,
});

describe("ORG-2 who may be changed by whom", () => {
  test("an admin changes the roles of others, not their own", () => {
    expect(refusedChange(account(), { role: "admin" }, admin)).toBeNull();
    expect(refusedChange(account({ id: admin, role: "admin" }), { role: "agent" }, admin)).toEqual({ type: "not-yourself", pointer: "/role" });
    expect(refusedChange(account({ id: admin, role: "admin" }), { role: "admin", name: "New name" }, admin)).toBeNull();
  });
  test("the owner stays an admin, so that there is always one", () => {
    const owner = account({ role: "admin", isOwner: true });
    expect(refusedChange(owner, { role: "manager" }, admin)).toEqual({ type: "owner-stays", pointer: "/role" });
    expect(refusedDeactivation(owner, admin, false)).toMatchObject({ type: "owner-stays" });
    expect(refusedChange(owner, { name: "New name" }, admin)).toBeNull();
  });
  test("nobody is deactivated in a call, by themselves, or before they came", () => {
    expect(refusedDeactivation(account(), admin, false)).toBeNull();
    expect(refusedDeactivation(account(), admin, true)).toEqual({ type: "on-call", name: "Ana" });
    expect(refusedDeactivation(account({ id: admin }), admin, false)).toMatchObject({ type: "not-yourself" });
    expect(refusedDeactivation(account({ state: "invited" }), admin, false)).toMatchObject({ type: "state-wrong" });
  });
});

test("ORG-4 only what differs is a change, with what it was before", () => {
  expect(changesOf<Account>(account(), { name: "Ana", role: "manager", permissionSetId: null, email: undefined })).toEqual({ before: { role: "agent" }, after: { role: "manager" } });
  expect(changesOf<Account>(account(), { name: "Ana" })).toBeNull();
  expect(changesOf({ members: ["a", "b"] }, { members: ["b", "a"] }, { orderMatters: false })).toBeNull();
  expect(changesOf({ members: ["a", "b"] }, { members: ["b", "a"] })).toEqual({ before: { members: ["a", "b"] }, after: { members: ["b", "a"] } });
});

test("ORG-2 a set replaces what the role allows, but takes nothing from an admin", () => {
  expect(permissionsOf("agent", null)).toEqual(["listen-recordings"]);
  expect(permissionsOf("agent", ["reporting"])).toEqual(["reporting"]);
  expect(permissionsOf("manager", null)).toContain("live-view");
  expect(permissionsOf("manager", [])).toEqual([]);
  expect(permissionsOf("admin", [])).toContain("reporting");
});
