// Random histories: the rules of the machine hold after every step, and the board counts what a recount counts, whatever the
// order in which facts and rows come, with the database away now and then.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConversationId, CustomerId, Millis, QueueId, TeamId, UserId } from "@ringdesk/std";
import type { FactLog, StoredFact } from "../facts/index.ts";
import type { Database } from "../platform/index.ts";
import { NO_LOAD, type Channel, type ChannelLoad } from "./capacity.rules.ts";
import { createConversationBoard } from "./conversation-board.ts";
import { stepConversation, type ConversationBefore, type ConversationEvent, type ConversationState } from "./conversation.machine.ts";

/** Histories; `RUNS=200` for the long run. */
const RUNS = Number(process.env["RUNS"] ?? 20);
const STEPS = 300;
const users = ["ana", "ben", "cleo"] as const;
const channels = ["voice", "sms", "email", "chat"] as const;

const user = fc.constantFrom(...users).map((id) => ({ id: id as UserId, name: id }));
const team = fc.constant({ id: "t1" as TeamId, name: "Team" });
const queue = fc.constantFrom("q1", "q2").map((id) => ({ id: id as QueueId, name: id }));
const live = fc.boolean();
const now = 0 as Millis;
const before = (status: "open" | "snoozed" | "wrap-up" | "done"): fc.Arbitrary<ConversationBefore> => fc.record({
  status: fc.constant(status), queueId: fc.option(queue.map((q) => q.id)), priority: fc.nat(9), skills: fc.constant([]), assignedTo: fc.option(user.map((u) => u.id)), teamId: fc.option(team.map((t) => t.id)), tags: fc.constant([]),
  snoozedUntil: status === "snoozed" ? fc.integer({ min: 1, max: 1_000 }).map((n) => n as Millis) : fc.constant(null), waitingSince: status === "open" ? fc.option(fc.constant(now)) : fc.constant(null),
});
const event: fc.Arbitrary<ConversationEvent> = fc.oneof(
  fc.constant<ConversationEvent>({ type: "done", now }),
  fc.record({ type: fc.constant("reopened" as const), to: fc.option(user), queue: fc.option(queue.map((q) => q.id)), hasLiveCall: live, now: fc.constant(now) }),
  fc.record({ type: fc.constant("snoozed" as const), until: fc.integer({ min: 1, max: 1_000 }).map((n) => n as Millis), now: fc.constant(now) }),
  fc.record({ type: fc.constant("clock-reached" as const), hasLiveCall: live, now: fc.constant(now) }),
  fc.record({ type: fc.constant("assigned" as const), user: fc.option(user, { nil: undefined }), team: fc.option(team), hasLiveCall: live, now: fc.constant(now) }),
  fc.record({ type: fc.constant("assigned" as const), user: fc.constant(null), hasLiveCall: live, now: fc.constant(now) }),
  fc.record({ type: fc.constant("routed" as const), user, now: fc.constant(now) }),
  fc.record({ type: fc.constant("transferred" as const), queue, priority: fc.nat(9), hasLiveCall: live, now: fc.constant(now) }),
  fc.record({ type: fc.constant("message-received" as const), queue: fc.option(queue.map((q) => q.id)), now: fc.constant(now) }),
  fc.constant<ConversationEvent>({ type: "message-written", now }),
  fc.record({ type: fc.constant("restored" as const), before: fc.constantFrom("open", "snoozed", "wrap-up", "done").chain(before), hasLiveCall: live, now: fc.constant(now) }),
);
type Step = { readonly which: number; readonly event: ConversationEvent; readonly late: boolean };
const history = fc.array(fc.record({ which: fc.nat(11), event, late: fc.boolean() }), { minLength: STEPS, maxLength: STEPS });

const fresh = (n: number): ConversationState => ({
  id: `v${n}` as ConversationId, customerId: "c" as CustomerId, channel: channels[n % 4] ?? "voice", status: "open", subject: null, queueId: "q1" as QueueId, assignedTo: null, teamId: null,
  supportNumber: null, language: null, tags: [], snoozedUntil: null, waitingSince: now, priority: 0, skills: [], version: 1, createdAt: now, lastActivityAt: now,
});

function checkRules(c: ConversationState): void {
  if (c.waitingSince !== null) expect([c.status, c.assignedTo, c.teamId]).toEqual(["open", null, null]);
  if (c.waitingSince !== null) expect(c.queueId).not.toBeNull();
  expect(c.snoozedUntil !== null).toBe(c.status === "snoozed");
}
function recount(table: Iterable<ConversationState>, who: UserId): ChannelLoad {
  const load: Record<Channel, number> = { ...NO_LOAD };
  for (const c of table) if (c.status === "open" && c.assignedTo === who) load[c.channel] += 1;
  return load;
}

/** A board without a database that is told of facts and rows by the test. */
async function quietBoard() {
  let tell: (fact: StoredFact) => void = () => {};
  const facts = { onAppended: (listen: typeof tell) => { tell = listen; return () => undefined; } } as unknown as FactLog;
  const board = createConversationBoard();
  const db = { isTransaction: false, executeQuery: async () => ({ rows: [] }), getExecutor: () => ({ transformQuery: (q: unknown) => q, compileQuery: () => ({}), executeQuery: async () => ({ rows: [] }) }) } as unknown as Database;
  await board.start({ db, facts, failed: () => undefined });
  return { board, appended: (fact: StoredFact) => tell(fact) };
}

function play(state: Map<number, ConversationState>, { which, event: e }: Step, tick: number): ConversationState | null {
  const before = state.get(which) ?? fresh(which);
  const after = stepConversation(before, { ...e, now: tick as Millis, ...(e.type === "snoozed" ? { until: (tick + e.until) as Millis } : {}) } as ConversationEvent).state;
  checkRules(after);
  if (after === before) return null;
  const stored = { ...after, version: before.version + 1 };
  state.set(which, stored);
  return stored;
}

describe("load and waiting conversations over random histories", () => {
  test("CAP-1 CAP-3 counters equal a recount, and what waits is what the table says waits", async () => {
    await fc.assert(fc.asyncProperty(history, async (steps) => {
      const { board } = await quietBoard();
      const table = new Map<number, ConversationState>();
      const late: ConversationState[] = [];
      const line = new Map<ConversationId, QueueId>();
      board.waiting.onChanged((change) => { if (change.type === "gone") line.delete(change.id); else line.set(change.conversation.conversationId, change.conversation.queueId); });
      for (const [tick, step] of steps.entries()) {
        const stored = play(table, step, tick);
        if (stored === null) continue;
        if (step.late) late.push(stored); // news of an older version comes after that of a newer one
        board.changed(stored);
        if (late.length > 3) for (const old of late.splice(0)) board.changed(old);
        for (const who of users) expect(board.load.of(who as UserId)).toEqual(recount(table.values(), who as UserId));
        expect(line).toEqual(new Map([...table.values()].flatMap((c) => (c.waitingSince === null || c.queueId === null ? [] : [[c.id, c.queueId]]))));
      }
    }), { numRuns: RUNS });
  });

  test("CAP-1 facts count at once while the database is away, and the same when they have come into it", async () => {
    const said = fc.record({ which: fc.nat(3), to: fc.constantFrom(...users), end: fc.boolean(), away: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.array(said, { minLength: 100, maxLength: 100 }), async (steps) => {
      const { board, appended } = await quietBoard();
      const table = new Map<number, ConversationState>();
      const owners = new Map<number, UserId | null>();
      let journal: { readonly fact: StoredFact; readonly apply: () => void }[] = [];
      for (const [seq, { which, to, end, away }] of steps.entries()) {
        const id = fresh(which).id;
        const data = end ? { outcome: "missed", conversationId: id } : { userId: to, name: to, conversationId: id };
        const fact = { type: end ? "call.ended" : "call.assigned", v: 1, at: seq as Millis, stream: "call:c", seq, data } as StoredFact;
        const apply = (): void => {
          const before = table.get(which) ?? { ...fresh(which), channel: "voice", waitingSince: null };
          const after: ConversationState = { ...before, version: before.version + 1, status: end ? "wrap-up" : "open", assignedTo: end ? before.assignedTo : to as UserId };
          table.set(which, after);
          board.changed(after);
          board.applied(fact);
        };
        owners.set(which, end ? null : to as UserId);
        if (away) { appended(fact); journal.push({ fact, apply }); }
        else {
          for (const waiting of journal) waiting.apply();
          journal = [];
          apply();
          appended(fact);
        }
        for (const who of users) expect(board.load.of(who as UserId).voice).toBe([...owners.values()].filter((o) => o === who).length);
      }
    }), { numRuns: RUNS });
  });
});
