import type { Millis, UserId } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { passwordWeakness } from "./password.rules.ts";
import { isAlive, MAX_SESSIONS_PER_USER, SESSION_IDLE_MS, SESSION_MAX_MS, supernumerary, type StoredSession } from "./session.rules.ts";

const at = (n: number): Millis => n as Millis;
const session = (createdAt: number, lastUsedAt: number): StoredSession => ({ id: `s${lastUsedAt}`, tokenHash: "h", userId: "u" as UserId, createdAt: at(createdAt), lastUsedAt: at(lastUsedAt) });

describe("SEC-1 a session", () => {
  test("ends after twelve hours without use", () => {
    expect([isAlive(session(0, 0), at(SESSION_IDLE_MS - 1), false), isAlive(session(0, 0), at(SESSION_IDLE_MS), false)]).toEqual([true, false]);
  });
  test("ends after thirty days however much it is used", () => {
    expect([isAlive(session(0, SESSION_MAX_MS - 5), at(SESSION_MAX_MS - 1), false), isAlive(session(0, SESSION_MAX_MS - 5), at(SESSION_MAX_MS), false)]).toEqual([true, false]);
  });
  test("never ends during a call", () => { expect(isAlive(session(0, 0), at(SESSION_MAX_MS * 2), true)).toBe(true); });
  test("makes room for a new one when the user has too many: the one unused longest goes", () => {
    const many = Array.from({ length: MAX_SESSIONS_PER_USER + 1 }, (_, n) => session(0, n));
    expect(supernumerary(many).map((s) => s.lastUsedAt)).toEqual([1, 0]);
    expect(supernumerary(many.slice(0, 3))).toEqual([]);
  });
});

describe("SEC-1 a password", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["aaaaaaaaaaaaaaaaaaaa", false], ["Password Password", false], ["1234567890123456", false], ["ana.silva@acme.example", false], ["acmeacmeacme1234", false],
    ["quiet river under seven bridges", true], ["h7kq-w2np-abcd-efgh", true], ["ana likes her grey bicycle", true],
  ];
  for (const [password, good] of cases) test(`"${password}" is ${good ? "taken" : "refused"}`, () => {
    expect(passwordWeakness(password, ["ana.silva@acme.example", "Ana Silva", "Acme"]) === null).toBe(good);
  });
});
