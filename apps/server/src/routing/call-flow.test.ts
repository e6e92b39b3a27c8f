// What callers go through who are not answered at once: menus, other queues, announcements, callbacks, voicemail.
import { beforeEach, describe, expect, test } from "vitest";
import type { Criteria } from "@ringdesk/contract/criteria";
import type { CallId, ConversationId, LegId, Millis, QueueId, QueueRuleId, RecordingId } from "@ringdesk/std";
import { ana, CALLER, callIn, connect, createOutside, greetingEnds, openHouse, restart, takeCall, type House } from "./house.fake.ts";

let house: House;
const phone = () => house.outside.telephony;
const callOf = (leg: LegId): CallId => leg as string as CallId;
const lastPlay = (leg: LegId) => {
  const command = phone().commands.filter((c) => c.do === "play" && c["leg"] === leg).at(-1);
  const items = (command?.["items"] ?? []) as readonly { readonly source: { readonly kind: string; readonly path?: string; readonly name?: string } }[];
  return { name: command?.["play"], items: items.map((i) => i.source.path ?? i.source.name ?? i.source.kind) };
};
const waits = (leg: LegId) => house.calls.waiting().find((w) => w.callId === callOf(leg)) ?? null;
const greeting = "Leave a message after the tone.";
const sales = { queueId: "sales" as QueueId, queueName: "Sales" };
const comfort = { priority: 0, music: null, announce: null };

beforeEach(async () => { house = await openHouse(createOutside()); });

/** A caller whose greeting is over. */
async function inQueue(): Promise<LegId> {
  const leg = await callIn(house);
  await greetingEnds(house, leg);
  return leg;
}

describe("RTE-5 voicemail", () => {
  beforeEach(() => { house.outside.number = { voicemail: { on: true, greeting } }; });
  /** A caller who hears the tone. */
  const atTheTone = async (): Promise<LegId> => {
    const leg = await inQueue();
    await house.pass(120_000);
    expect(lastPlay(leg)).toEqual({ name: "voicemail", items: ["prompts/leave-a-message-after-the-tone-.ulaw", "tone"] });
    phone().playEnds(leg);
    await house.pass(10);
    return leg;
  };

  test("a call unanswered for the timeout leaves a message; hanging up ends it", async () => {
    const leg = await atTheTone();
    expect([waits(leg), phone().snapshot().recordings.length]).toEqual([null, 1]);
    await house.pass(5_000);
    phone().peerEnds(leg);
    await house.pass(10);
    const summary = house.summary(callOf(leg));
    expect(summary).toMatchObject({ state: "ended", outcome: "voicemail", endedBy: "customer", reason: "Nobody answered in time.", voicemail: { heard: null }, recordings: [{ state: "complete" }] });
    expect(summary.recordings[0]?.id).toBe(summary.voicemail?.recordingId);
    expect(house.facts(callOf(leg)).at(-1)?.type).toBe("call.settled");
  });
  test("# ends the message: thanks, and the call ends", async () => {
    const leg = await atTheTone();
    await house.pass(3_000);
    phone().presses(leg, "#");
    await house.pass(10);
    expect([lastPlay(leg).name, phone().snapshot().recordings]).toEqual(["farewell", []]);
    phone().playEnds(leg);
    await house.pass(10);
    expect([house.summary(callOf(leg)).outcome, phone().snapshot().legs]).toEqual(["voicemail", []]);
  });
  test("a message lasts three minutes at most", async () => {
    const leg = await atTheTone();
    await house.pass(180_000);
    expect([lastPlay(leg).name, phone().snapshot().recordings]).toEqual(["farewell", []]);
  });
  test("less than a second is no message: the call was missed", async () => {
    const leg = await atTheTone();
    await house.pass(500);
    phone().peerEnds(leg);
    await house.pass(10);
    expect(house.summary(callOf(leg))).toMatchObject({ outcome: "missed", voicemail: null, reason: "Nobody answered in time." });
  });
  test("an offer that still rings at the timeout is withdrawn", async () => {
    house.routing.setStatus(ana, "available");
    house.outside.plan = { timeoutMs: 20_000 as Millis };
    const leg = await inQueue();
    expect(house.routing.deskOf(ana).offer).not.toBeNull();
    await house.pass(20_000);
    expect([house.routing.deskOf(ana).offer, house.agents.status(ana).value, lastPlay(leg).name]).toEqual([null, "available", "voicemail"]);
    expect(house.summary(callOf(leg)).offers).toMatchObject([{ result: "withdrawn" }]);
  });
  describe("VM-3 a switch that dies in the middle of a message", () => {
    const repaired = (recording: RecordingId, durationMs: number): void =>
      phone().emit({ type: "recording-stopped", recording, why: "repaired", durationMs: durationMs as Millis, path: `recordings/${recording}.wav` });
    /** The switch is away for a while, and another life of it has nothing of the call. */
    const cutShort = async (): Promise<{ readonly leg: LegId; readonly recording: RecordingId }> => {
      const leg = await atTheTone();
      await house.pass(5_000);
      const recording = house.summary(callOf(leg)).voicemail?.recordingId as RecordingId;
      phone().goesDown();
      await house.pass(3_000);
      phone().comesUp({ fresh: true });
      await house.pass(10);
      return { leg, recording };
    };

    test("what was recorded until then is the voicemail, as if the caller had hung up", async () => {
      const { leg, recording } = await cutShort();
      repaired(recording, 4_600);
      await house.pass(10);
      expect(house.summary(callOf(leg))).toMatchObject({
        state: "ended", outcome: "voicemail", endedBy: "system", reason: "Nobody answered in time.", voicemail: { recordingId: recording, heard: null },
        recordings: [{ id: recording, state: "partial", durationMs: 4_600, note: "The phone service restarted during this call; the recording ends there." }],
      });
      expect(house.facts(callOf(leg)).find((fact) => fact.type === "call.ended")?.data).toMatchObject({ outcome: "voicemail", queueId: "support", conversationId: expect.any(String) });
      expect(house.facts(callOf(leg)).at(-1)?.type).toBe("call.settled");
      expect(phone().snapshot().recordings).toEqual([]);
    });
    test("a server that restarts as well still learns of it", async () => {
      const { leg, recording } = await cutShort();
      house = await restart(house);
      repaired(recording, 4_600);
      await house.pass(10);
      expect(house.summary(callOf(leg))).toMatchObject({ outcome: "voicemail", recordings: [{ id: recording, state: "partial" }] });
    });
    test("VM-2 less than a second of sound is a missed call, however long the switch was away", async () => {
      const { leg, recording } = await cutShort();
      repaired(recording, 800);
      await house.pass(10);
      expect(house.summary(callOf(leg))).toMatchObject({ outcome: "missed", voicemail: null });
    });
    test("when no word of it comes, the call was interrupted", async () => {
      const { leg } = await cutShort();
      await house.pass(60_000);
      expect(house.summary(callOf(leg))).toMatchObject({ outcome: "interrupted", voicemail: null, reason: "The phone service restarted during this call." });
      await house.pass(60_000);
      expect(house.facts(callOf(leg)).at(-1)?.type).toBe("call.settled");
    });
  });
  test("VM-3 a switch that dies while the caller is thanked: the message is there", async () => {
    const leg = await atTheTone();
    await house.pass(3_000);
    phone().presses(leg, "#");
    await house.pass(10);
    phone().goesDown();
    phone().comesUp({ fresh: true });
    await house.pass(10);
    expect(house.summary(callOf(leg))).toMatchObject({ outcome: "voicemail", recordings: [{ state: "complete" }] });
  });
  test("RTE-9 VM-3 a server that is killed in the middle of a message goes on with it", async () => {
    const leg = await atTheTone();
    await house.pass(2_000);
    house = await restart(house);
    expect(phone().snapshot().recordings.length).toBe(1);
    await house.pass(2_000);
    phone().peerEnds(leg);
    await house.pass(10);
    expect(house.summary(callOf(leg))).toMatchObject({ outcome: "voicemail", recordings: [{ state: "complete" }] });
  });
  test("RTE-9 VM-3 a caller who hangs up while there is no server has left their message", async () => {
    const leg = await atTheTone();
    await house.pass(2_000);
    house.stop();
    phone().peerEnds(leg);
    house = await restart(house);
    await house.pass(10);
    expect(house.summary(callOf(leg))).toMatchObject({ outcome: "voicemail", endedBy: "customer", voicemail: { heard: null }, recordings: [{ state: "complete" }] });
  });
  test("QUE-6 outside business hours nobody waits: straight to voicemail, or told so", async () => {
    house.outside.plan = { closed: true };
    const first = await inQueue();
    expect([lastPlay(first).name, waits(first)]).toEqual(["voicemail", null]);
    house.outside.number = {};
    const second = await inQueue();
    expect(lastPlay(second).name).toBe("farewell");
    phone().playEnds(second);
    await house.pass(10);
    expect(house.summary(callOf(second))).toMatchObject({ outcome: "missed", reason: "The call came outside business hours." });
  });
});

describe("RTE-6 a menu of keys", () => {
  beforeEach(() => { house.outside.number = { menu: { prompt: "Press 1 for support.", keys: [{ key: "1", queueId: "support" as QueueId }] } }; });

  test("IVR-9 its key leads to its queue at once, the prompt is cut short", async () => {
    house.routing.setStatus(ana, "available");
    const leg = await callIn(house);
    expect(lastPlay(leg)).toEqual({ name: "menu", items: ["prompts/hello.ulaw", "prompts/press-1-for-support-.ulaw", "silence", "default"] });
    phone().presses(leg, "1");
    await house.pass(0);
    expect([waits(leg)?.queueName, waits(leg)?.ivrPath, lastPlay(leg).name]).toEqual(["Support", ["Pressed 1: Support"], "music"]);
    expect(house.routing.deskOf(ana).offer?.callId).toBe(callOf(leg));
    expect(house.summary(callOf(leg)).steps.map((s) => s.words)).toEqual(["Pressed 1: Support"]);
  });
  test.each([["another key", "9"], ["nothing", null]])("%s leads to the default queue", async (_, key) => {
    const leg = await callIn(house);
    if (key !== null) phone().presses(leg, key);
    else phone().emit({ type: "play-reached", leg, play: "menu", item: 3 });
    await house.pass(10);
    expect(waits(leg)?.queueName).toBe("Default");
  });
  test("who hangs up in the menu was not in a queue", async () => {
    const leg = await callIn(house);
    phone().peerEnds(leg);
    await house.pass(10);
    expect(house.summary(callOf(leg)).outcome).toBe("abandoned-in-ivr");
  });
});

describe("QUE-3 who calls decides", () => {
  beforeEach(() => { house.outside.number = { queueId: null }; });
  test("a call that continues a conversation is routed by that conversation's language and tags", async () => {
    const criteria: Criteria = { match: "all", items: [{ field: "conversation.tags", operator: "includes", value: "refund" }, { field: "conversation.language", operator: "is", value: "es" }] };
    house.outside.rules = [{ id: "r" as QueueRuleId, name: "Refunds in Spanish", criteria, queueId: "support" as QueueId, enabled: true, asks: { skills: [], relaxAfterMs: null } }];
    expect(waits(await inQueue())?.queueName).toBe("Default");
    house.outside.continued = { id: "before" as ConversationId, language: "es", tags: ["refund"] };
    expect(waits(await inQueue())?.queueName).toBe("Support");
  });
  test("a call whose greeting is over waits a second at most to learn it", async () => {
    house.outside.databaseAway = true;
    const leg = await callIn(house);
    await greetingEnds(house, leg);
    // known to be away: nobody waits for it
    expect(waits(leg)?.queueName).toBe("Default");
  });
});

describe("QUE-6 while waiting", () => {
  test("a call that overflows goes to another queue and keeps the moment from which it waits", async () => {
    house.outside.plan = { overflow: { ...sales, ...comfort, priority: 3, skills: [], music: "music/sales.ulaw", afterMs: 30_000 as Millis } };
    const leg = await inQueue();
    const since = waits(leg)?.enteredAt;
    await house.pass(30_000);
    expect(waits(leg)).toMatchObject({ queueName: "Sales", priority: 3, enteredAt: since });
    expect(lastPlay(leg).items).toEqual(["music/sales.ulaw"]);
    expect(house.summary(callOf(leg)).steps.at(-1)?.words).toBe("Waited long: moved to Sales");
    await house.pass(90_000);
    expect(waits(leg)?.queueName).toBe("Default");
  });
  test("position and estimated wait are said into the music, again and again", async () => {
    house.outside.plan = { announce: { everyMs: 40_000 as Millis, position: true, wait: true } };
    const leg = await inQueue();
    await house.pass(40_000);
    expect(lastPlay(leg)).toEqual({ name: "announcement-1", items: ["prompts/you-are-number-2-in-line-.ulaw", "prompts/the-estimated-wait-is-about-3-minutes-.ulaw", "default"] });
    await house.pass(40_000);
    expect(lastPlay(leg).name).toBe("announcement-2");
  });
  test("nothing is announced into a talk", async () => {
    house.outside.plan = { announce: { everyMs: 40_000 as Millis, position: true, wait: true } };
    house.routing.setStatus(ana, "available");
    const leg = await inQueue();
    await takeCall(house, ana);
    await house.pass(100_000);
    expect(phone().commands.filter((c) => c.do === "play" && String(c["play"]).startsWith("announcement"))).toEqual([]);
    expect(phone().playing(leg)).toBeNull();
  });
  test("calls of a deleted queue go to the default queue, also after a restart", async () => {
    const leg = await inQueue();
    house.outside.deletedQueues.add("support");
    house.calls.queuesChanged();
    await house.pass(10);
    expect(waits(leg)?.queueName).toBe("Default");
    house.outside.deletedQueues.clear();
    const other = await inQueue();
    house.outside.deletedQueues.add("support");
    house = await restart(house);
    await house.pass(10);
    expect(waits(other)?.queueName).toBe("Default");
  });
});

describe("QUE-6 a callback instead of waiting", () => {
  beforeEach(() => { house.outside.plan = { callback: { offerAfterMs: 20_000 as Millis } }; });
  /** A caller who has asked for it and hung up. */
  async function asked(): Promise<LegId> {
    const leg = await inQueue();
    phone().presses(leg, "1"); // not offered yet
    await house.pass(20_000);
    expect([lastPlay(leg).name, waits(leg)?.callback]).toEqual(["announcement-1", false]);
    phone().presses(leg, "1");
    await house.pass(10);
    expect([lastPlay(leg).name, waits(leg)]).toEqual(["farewell", null]); // their line is busy
    phone().playEnds(leg);
    await house.pass(10);
    return leg;
  }
  const dialled = () => phone().commands.filter((c) => c.do === "dial");
  /** Ana accepts and her audio is there; the customer's phone is called. */
  const takeBack = async (): Promise<LegId> => {
    await takeCall(house, ana);
    return dialled().at(-1)?.["leg"] as LegId;
  };

  test("keeps its place, is offered like a call, and the customer is called from the support number", async () => {
    const leg = await asked();
    expect([phone().snapshot().legs, waits(leg)?.callback]).toEqual([[], true]);
    house = await restart(house);
    expect(waits(leg)).toMatchObject({ callback: true, queueName: "Support" });
    const later = await inQueue();
    house.routing.setStatus(ana, "available");
    await house.pass(10);
    expect(house.routing.deskOf(ana).offer?.callId).toBe(callOf(leg));
    const back = await takeBack();
    expect(dialled()).toMatchObject([{ to: CALLER, from: "+12025550100" }]);
    expect(house.routing.deskOf(ana).call?.phase).toBe("dialling");
    phone().calleeAnswers(back);
    await house.pass(10);
    expect(house.routing.deskOf(ana).call?.phase).toBe("talking");
    await house.pass(10_000);
    phone().peerEnds(back);
    phone().peerEnds(later);
    await house.pass(10);
    const summary = house.summary(callOf(leg));
    expect(summary).toMatchObject({ outcome: "answered", callback: { state: "reached" }, direction: "inbound" });
    expect(summary.talkMs).toBeGreaterThanOrEqual(10_000);
    expect(house.facts(callOf(leg)).at(-1)?.type).toBe("call.settled");
  });
  test("no answer: once more after five minutes, then missed with its reason", async () => {
    const leg = await asked();
    house.routing.setStatus(ana, "available");
    phone().peerEnds(await takeBack(), "no-answer");
    await house.pass(10);
    expect([house.routing.deskOf(ana).call, waits(leg), house.summary(callOf(leg)).callback?.state]).toEqual([null, null, "called"]);
    await house.pass(299_000);
    expect(waits(leg)).toBeNull();
    house = await restart(house);
    await house.pass(10_000);
    expect(waits(leg)?.callback).toBe(true);
    house.routing.setStatus(ana, "available");
    phone().peerEnds(await takeBack(), "busy");
    await house.pass(10);
    expect(house.summary(callOf(leg))).toMatchObject({ state: "ended", outcome: "missed", reason: "The customer asked to be called back and did not answer." });
  });
  test("an agent whose audio does not come gives the callback back to the queue", async () => {
    const leg = await asked();
    house.routing.setStatus(ana, "available");
    const { offer } = house.routing.deskOf(ana);
    await house.routing.accept(offer?.id as NonNullable<typeof offer>["id"], ana);
    await house.pass(30_000);
    expect([waits(leg)?.callback, dialled()]).toEqual([true, []]);
  });
  test("after four hours without an agent it was missed", async () => {
    const leg = await asked();
    await house.pass(4 * 3_600_000);
    expect(house.summary(callOf(leg))).toMatchObject({ outcome: "missed", reason: "The customer asked to be called back and no agent was free for four hours." });
  });
  test("an agent who is lost in the talk after it leaves the customer in the queue, with music", async () => {
    const leg = await asked();
    house.routing.setStatus(ana, "available");
    const back = await takeBack();
    phone().calleeAnswers(back);
    await house.pass(10);
    const agentLeg = phone().snapshot().legs.find((l) => l.kind === "browser")?.leg as LegId;
    phone().mediaIsLost(agentLeg);
    await house.pass(30_000);
    expect([waits(leg)?.callback, phone().playing(back)]).toEqual([false, "music"]);
    expect(connect).toBeDefined();
  });
});
