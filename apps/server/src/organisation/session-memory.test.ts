import type { Organisation, User } from "@ringdesk/contract/http";
import type { Millis, UserId } from "@ringdesk/std";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { hashToken } from "../kernel/index.ts";
import { createSessionMemory } from "./session-memory.ts";
import { SESSION_IDLE_MS, USE_NOTED_EVERY_MS } from "./session.rules.ts";

const ana: User = { id: "ana" as UserId, name: "Ana", email: "ana@acme.example", role: "agent" };

function world() {
  const clock = createFakeClock();
  const deleted: string[] = [];
  const notes: number[] = [];
  const ended: string[] = [];
  const how = { away: false, onCall: false };
  const reach = (): void => { if (how.away) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" }); };
  const memory = createSessionMemory({
    clock, log: pino({ level: "silent" }), isOnCall: () => how.onCall,
    store: { deleteSessions: async (ids) => { reach(); deleted.push(...ids); }, noteUse: async (_id, at) => { reach(); notes.push(at); } },
    directory: { isSetUp: () => true, organisation: () => ({} as Organisation), users: () => [ana], isActive: (id) => id === ana.id, permissions: () => [], user: (id) => (id === ana.id ? ana : null), onChanged: () => () => undefined },
  });
  memory.onEnded(({ sessionId, last }) => { ended.push(`${sessionId}${last ? " last" : ""}`); });
  const begin = (id: string, user = ana.id): void => memory.keep({ id, tokenHash: hashToken(`token-${id}`), userId: user, createdAt: clock.now(), lastUsedAt: clock.now() });
  return { clock, memory, deleted, notes, ended, how, begin };
}

describe("SEC-1 sessions in memory", () => {
  test("a token finds its user; another does not, nor does one of a user who is gone", () => {
    const { memory, begin } = world();
    begin("s1");
    begin("s2", "gone" as UserId);
    expect([memory.find("token-s1"), memory.find("token-s9"), memory.find("token-s2")]).toEqual([{ sessionId: "s1", user: ana, permissions: [] }, null, null]);
  });

  test("using a session keeps it, and is noted every five minutes at most", async () => {
    const { memory, begin, clock, notes } = world();
    begin("s1");
    for (let hour = 0; hour < 24; hour += 1) {
      expect(memory.find("token-s1")).not.toBeNull();
      memory.find("token-s1");
      await clock.advance(3_600_000);
    }
    expect(notes).toHaveLength(24);
    expect(USE_NOTED_EVERY_MS).toBe(300_000);
  });

  test("an unused session is swept out, told and deleted; the last one of a user is told as such", async () => {
    const { memory, begin, clock, deleted, ended } = world();
    begin("s1");
    begin("s2");
    await clock.advance(SESSION_IDLE_MS + 60_000);
    expect([memory.find("token-s1"), deleted, ended]).toEqual([null, ["s1", "s2"], ["s1", "s2 last"]]);
  });

  test("nobody is signed out during a call", async () => {
    const { memory, begin, clock, how } = world();
    begin("s1");
    how.onCall = true;
    await clock.advance(SESSION_IDLE_MS * 2);
    expect(memory.find("token-s1")).not.toBeNull();
  });

  test("while the database is away sessions are found and end at once; the row follows", async () => {
    const { memory, begin, clock, deleted, how } = world();
    begin("s1");
    how.away = true;
    expect(memory.find("token-s1")).not.toBeNull();
    const session = memory.byId("s1");
    await memory.end(session === null ? [] : [session]);
    expect([memory.find("token-s1"), deleted]).toEqual([null, []]);
    how.away = false;
    await clock.advance(5_000 as Millis);
    expect(deleted).toEqual(["s1"]);
  });
});
