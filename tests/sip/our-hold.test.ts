// Hold from our side against a whole switch: what the held side is told, what it hears, and what becomes of it when both
// sides want something at once. All interleavings: apps/switch, trunk.hold.test.ts; the user agent's: packages/telecom, turns.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/product.ts";
import { openRtpPhone, type RtpPhone } from "../support/rtp-phone.ts";
import { dominant, rms, share } from "../support/sound.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { audioSdp, openRawCaller, type RawCall, type RawCaller } from "./raw-caller.ts";

const HELD_HZ = 440, HOLDER_HZ = 900;
/** Long enough to tell a tone. */
const LISTEN_MS = 600;
/** RFC 3261 §14.1: who meets glare tries again after four seconds at the latest. */
const GLARE_MS = 10_000;

let sut: SwitchProcess, caller: RawCaller;
beforeAll(async () => {
  sut = await startSwitch({ trunk: { signalsHold: true } });
  caller = await openRawCaller(sut.sipPort);
  sut.onEvent((e) => {
    if (e.type === "leg.incoming") void sut.command({ do: "leg.answer", leg: e.leg }).catch(() => undefined);
  });
}, 30_000);
afterAll(async () => { caller.close(); await sut.stop(); });

interface Side extends RawCall { readonly phone: RtpPhone; readonly leg: string; readonly offers: () => string[] }
const switchPort = (sdp: string): number => Number(/\r\nm=audio (\d+)/.exec(sdp)?.[1]);
const direction = (message: string): string => /\r\na=(sendrecv|sendonly|recvonly|inactive)/.exec(message)?.[1] ?? "none";
const versionOf = (message: string): number => Number(/\r\no=- \d+ (\d+)/.exec(message)?.[1]);

async function connected(hz: number): Promise<Side> {
  const phone = await openRtpPhone(hz);
  const [call, { leg }] = await Promise.all([
    caller.call("4000", phone.port),
    new Promise<{ leg: string }>((resolve) => { const off = sut.onEvent((e) => { if (e.type === "leg.incoming") { off(); resolve(e); } }); }),
  ]);
  phone.talkTo(switchPort(call.answer));
  // The switch repeats an offer that gets no answer; each counts once.
  const offers = (): string[] => [...new Map(caller.got.filter((g) => g.startsWith("INVITE ") && g.includes(`Call-ID: ${call.call}\r\n`)).map((g) => [/\r\nCSeq: ([^\r]*)/.exec(g)?.[1], g])).values()];
  return { ...call, phone, leg, offers };
}
const offer = (side: Side, n: number, ms = 10_000): Promise<string> => until(`offer ${n} to ${side.call}`, async () => side.offers()[n - 1], ms);
const listen = async (phone: RtpPhone): Promise<Int16Array> => {
  const from = performance.now();
  await new Promise((resolve) => { setTimeout(resolve, LISTEN_MS); });
  return phone.heard(from, performance.now());
};
const hears = (phone: RtpPhone, hz: number): Promise<unknown> => until(`${hz} Hz`, async () => Math.abs(dominant(await listen(phone)) - hz) <= 4, GLARE_MS);
const hearsMusic = (phone: RtpPhone): Promise<unknown> => until("music, and nobody", async () => {
  const heard = await listen(phone);
  return rms(heard) > 100 && share(heard, HOLDER_HZ) < 0.2;
});
const hearsNothing = (phone: RtpPhone): Promise<unknown> => until("silence", async () => rms(await listen(phone)) < 60);
const hold = (side: Side, wanted: boolean): Promise<unknown> => sut.command({ do: "leg.hold", leg: side.leg, hold: wanted });
const music = (side: Side): Promise<unknown> => sut.command({ do: "leg.play", leg: side.leg, play: "hold", items: [{ source: { kind: "music", name: "default" }, times: "forever" }] });
const answerTo = (side: Side, to: string, way: string, version = 2): void => caller.reply(to, "200 OK", audioSdp(side.phone.port, `a=${way}`).replace("o=- 1 1 ", `o=- 1 ${version} `));
const isUp = async (side: Side): Promise<boolean> => (await sut.command({ do: "snapshot" })).snapshot?.legs.some((l) => l.leg === side.leg && l.state === "up") ?? false;

describe("CALL-5 hold is told to the trunk", () => {
  test("talk; on hold a=sendonly and music for the held side, silence for the other; resume a=sendrecv, and both hear each other again", async () => {
    const [held, holder] = [await connected(HELD_HZ), await connected(HOLDER_HZ)];
    const bridge = (): Promise<unknown> => sut.command({ do: "bridge.set", bridge: "talk", legs: [held.leg, holder.leg] });
    await bridge();
    await Promise.all([hears(held.phone, HOLDER_HZ), hears(holder.phone, HELD_HZ)]);

    await music(held);
    await sut.command({ do: "bridge.close", bridge: "talk" });
    await hold(held, true);
    const asked = await offer(held, 1);
    expect([direction(asked), switchPort(asked), versionOf(asked)]).toEqual(["sendonly", switchPort(held.answer), versionOf(held.answer) + 1]);
    answerTo(held, asked, "recvonly");
    // Held telephones send nothing.
    held.phone.talkTo(9);
    await Promise.all([hearsMusic(held.phone), hearsNothing(holder.phone)]);

    await hold(held, false);
    await bridge();
    const resumed = await offer(held, 2);
    expect([direction(resumed), versionOf(resumed)]).toEqual(["sendrecv", versionOf(asked) + 1]);
    answerTo(held, resumed, "sendrecv", 3);
    held.phone.talkTo(switchPort(resumed));
    await Promise.all([hears(held.phone, HOLDER_HZ), hears(holder.phone, HELD_HZ)]);
    expect(holder.offers()).toEqual([]);
    for (const side of [held, holder]) {
      await side.bye();
      side.phone.close();
    }
  }, 60_000);

  test("the answer names another address: the music goes there", async () => {
    const side = await connected(HELD_HZ);
    const other = await openRtpPhone(HELD_HZ);
    await music(side);
    await hold(side, true);
    caller.reply(await offer(side, 1), "200 OK", audioSdp(other.port, "a=recvonly"));
    await hearsMusic(other);
    await hearsNothing(side.phone);
    await side.bye();
    for (const phone of [side.phone, other]) phone.close();
  }, 30_000);

  for (const status of ["405 Method Not Allowed", "415 Unsupported Media Type", "488 Not Acceptable Here", "500 Server Internal Error"]) test(`refused with ${status}: the call goes on with music, and is not asked again`, async () => {
    const side = await connected(HELD_HZ);
    await hold(side, true);
    caller.reply(await offer(side, 1), status);
    await music(side);
    await hearsMusic(side.phone);
    await hold(side, false);
    expect([await isUp(side), side.offers().length]).toEqual([true, 1]);
    await side.bye();
    side.phone.close();
  }, 30_000);

  test("accepted without an answer: believed, and the resume as well", async () => {
    const [side, other] = [await connected(HELD_HZ), await connected(HOLDER_HZ)];
    for (const wanted of [true, false]) {
      await hold(side, wanted);
      caller.reply(await offer(side, wanted ? 1 : 2), "200 OK");
    }
    await sut.command({ do: "bridge.set", bridge: "believed", legs: [side.leg, other.leg] });
    await Promise.all([hears(side.phone, HOLDER_HZ), hears(other.phone, HELD_HZ)]);
    for (const one of [side, other]) {
      await one.bye();
      one.phone.close();
    }
  }, 30_000);

  test("refused with 481: the trunk has lost the call, and it ends (RFC 5057)", async () => {
    const side = await connected(HELD_HZ);
    await hold(side, true);
    caller.reply(await offer(side, 1), "481 Call Does Not Exist");
    expect(await sut.event("leg.ended", (e) => e.leg === side.leg)).toMatchObject({ cause: "unreachable", by: "switch" });
    side.phone.close();
  });
});

describe("CALL-5 both sides at once (RFC 3261 §14.1, RFC 3264 §8.4)", () => {
  const reinvite = async (side: Side, cseq: number, way: string): Promise<string> => {
    caller.send(caller.request("INVITE", cseq, { call: side.call, to: side.to, body: audioSdp(side.phone.port, `a=${way}`).replace("o=- 1 1 ", `o=- 1 ${cseq} `) }));
    const answer = await caller.final(side.call, `${cseq} INVITE`);
    caller.send(caller.request("ACK", cseq, { call: side.call, to: side.to, branch: answer.startsWith("SIP/2.0 2") ? `${side.call}ack${cseq}` : `${side.call}INVITE${cseq}` }));
    return answer;
  };

  test("glare: 491 both ways; the switch, that did not make the call, asks again within two seconds", async () => {
    const side = await connected(HELD_HZ);
    await hold(side, true);
    const first = await offer(side, 1);
    expect(await reinvite(side, 2, "sendrecv")).toMatch(/^SIP\/2\.0 491 /);
    caller.reply(first, "491 Request Pending");
    const again = await offer(side, 2, GLARE_MS);
    expect([direction(again), await isUp(side)]).toEqual(["sendonly", true]);
    answerTo(side, again, "recvonly");
    await side.bye();
    side.phone.close();
  }, 30_000);

  test("glare, and the held side holds as well before the switch asks again: the answer says all, and nothing is asked", async () => {
    const side = await connected(HELD_HZ);
    await hold(side, true);
    const first = await offer(side, 1);
    caller.reply(first, "491 Request Pending");
    const held = await until("the hold to be taken", async () => {
      const answer = await reinvite(side, 2 + side.offers().length, "sendonly");
      if (answer.startsWith("SIP/2.0 200")) return answer;
      // The switch was quicker: glare again.
      caller.reply(side.offers().at(-1) ?? "", "491 Request Pending");
      return false;
    }, GLARE_MS);
    expect(direction(held)).toBe("inactive");
    const asked = side.offers().length;
    await sut.event("leg.held-by-peer", (e) => e.leg === side.leg);

    // One resumes: held by the other still.
    expect(direction(await reinvite(side, 20, "sendrecv"))).toBe("sendonly");
    await sut.event("leg.resumed-by-peer", (e) => e.leg === side.leg);
    await hold(side, false);
    const resumed = await offer(side, asked + 1, GLARE_MS);
    expect(direction(resumed)).toBe("sendrecv");
    answerTo(side, resumed, "sendrecv", 30);
    await side.bye();
    side.phone.close();
  }, 60_000);

  test("held by the peer, we hold too: a=inactive; our resume leaves its hold", async () => {
    const side = await connected(HELD_HZ);
    expect(direction(await reinvite(side, 2, "sendonly"))).toBe("recvonly");
    await hold(side, true);
    const asked = await offer(side, 1);
    expect(direction(asked)).toBe("inactive");
    answerTo(side, asked, "inactive", 3);
    await hold(side, false);
    const resumed = await offer(side, 2);
    answerTo(side, resumed, "sendonly", 4);
    expect([direction(resumed), direction(await reinvite(side, 5, "sendrecv"))]).toEqual(["sendrecv", "sendrecv"]);
    await side.bye();
    side.phone.close();
  }, 30_000);

  test("resumed while the hold waits for its answer: both are told, in this order", async () => {
    const side = await connected(HELD_HZ);
    for (const wanted of [true, false, true, false]) await hold(side, wanted);
    answerTo(side, await offer(side, 1), "recvonly");
    const resumed = await offer(side, 2);
    expect(side.offers().map(direction)).toEqual(["sendonly", "sendrecv"]);
    answerTo(side, resumed, "sendrecv", 3);
    await side.bye();
    side.phone.close();
  }, 30_000);

  test("asked for an offer by a re-INVITE without one, the switch says that it holds", async () => {
    const side = await connected(HELD_HZ);
    await hold(side, true);
    answerTo(side, await offer(side, 1), "recvonly");
    caller.send(caller.request("INVITE", 2, { call: side.call, to: side.to }));
    const offered = await caller.final(side.call, "2 INVITE");
    expect(direction(offered)).toBe("sendonly");
    caller.send(caller.request("ACK", 2, { call: side.call, to: side.to, branch: `${side.call}ack2`, body: audioSdp(side.phone.port, "a=recvonly") }));
    await music(side);
    await hearsMusic(side.phone);
    expect(side.offers().length).toBe(1);
    await side.bye();
    side.phone.close();
  }, 30_000);
});
