// What a caller hears from the system: greeting and menu, music, announcements, the voicemail greeting, last words.
import type { CallId, LegId } from "@ringdesk/std";
import { inTime, type Clock } from "../kernel/index.ts";
import type { PlayItem, Telephony, TelephonyError } from "../telephony/index.ts";
import type { CallEffect, CallEvent } from "./call.events.rules.ts";
import { MENU_WAIT_MS } from "./call.limits.rules.ts";
import type { Greetings } from "./call.ports.ts";
import type { CallCore, CallState } from "./call.state.rules.ts";
import { FAREWELL_PLAY, MENU_PLAY, VOICEMAIL_PLAY, WELCOME_PLAY } from "./leg-events.rules.ts";
import { CALLBACK_OFFER, lastWords, placeWords, type PlaceInLine } from "./spoken.rules.ts";

/** A greeting that is not ready by then is left out: silence would be worse. */
const GREETING_WAIT_MS = 2_500;
/** The names of plays are shorter than 64 characters. */
const MAX_NAME_CHARS = 50;

const HOUSE_MUSIC: PlayItem = { source: { kind: "music", name: "default" }, times: "forever" };
const BEEP: PlayItem = { source: { kind: "tone", tone: "beep" }, times: 1 };
/** In the place of a prompt that there is not, so that the items of a list keep their numbers. */
const NO_PROMPT: PlayItem = { source: { kind: "silence", ms: 20 }, times: 1 };
const KEY_PAUSE: PlayItem = { source: { kind: "silence", ms: MENU_WAIT_MS }, times: 1 };

export type VoicesDeps = {
  readonly telephony: Telephony;
  readonly clock: Clock;
  readonly greetings: Greetings;
  readonly positionOf: (call: CallId) => PlaceInLine | null;
};
type Hearing = Extract<CallEffect, { readonly do: "welcome" | "play-music" | "play-voicemail-greeting" | "say" | "announce" }>;
/** Tells the log of a command that was refused; true when it was not. */
type Report = (what: string, done: Awaited<ReturnType<Telephony["play"]>>) => boolean;

/** Lets the caller hear something; the value is the event that follows at once, or null. */
export type Voices = (state: () => CallState, effect: Hearing, report: Report) => Promise<CallEvent | null>;

export function createVoices({ telephony, clock, greetings, positionOf }: VoicesDeps): Voices {
  const spoken = async (text: string): Promise<PlayItem | null> => {
    const path = text === "" ? null : await inTime(clock, greetings(text), GREETING_WAIT_MS);
    return path === null ? null : { source: { kind: "file", path }, times: 1 };
  };
  /** A caller whose greeting cannot be played waits in the queue all the same. */
  const welcome = async (core: CallCore, leg: LegId, report: Report): Promise<CallEvent | null> => {
    const { name, items } = await welcomeList(core, spoken);
    const done = await telephony.play(leg, name, [...items, musicItem(core.plan?.music ?? null)]);
    if (report("welcome", done) || done.ok || comesBack.has(done.error.type)) return null;
    const quiet = items.map((item) => (item.source.kind === "file" ? BEEP : item));
    if (done.error.type === "file-missing" && report("welcome-by-tone", await telephony.play(leg, name, [...quiet, HOUSE_MUSIC]))) return null;
    return { type: "greeting.over", leg, at: clock.now(), position: null };
  };
  const music = async (core: CallCore, leg: LegId, report: Report): Promise<null> => {
    const own = core.place?.music ?? null;
    const done = await telephony.play(leg, musicName(own), [musicItem(own)]);
    if (!report("play-music", done) && !done.ok && done.error.type === "file-missing") report("play-house-music", await telephony.play(leg, musicName(null), [HOUSE_MUSIC]));
    return null;
  };
  /** A prompt that ends by itself. What cannot be played is over at once. */
  const prompt = async (leg: LegId, of: "voicemail" | "farewell", items: readonly PlayItem[], report: Report): Promise<CallEvent | null> => {
    const name = of === "voicemail" ? VOICEMAIL_PLAY : FAREWELL_PLAY;
    const done = items.length === 0 ? null : await telephony.play(leg, name, items);
    if (done !== null && (report(name, done) || done.ok || comesBack.has(done.error.type))) return null;
    if (of === "voicemail" && done?.ok === false && done.error.type === "file-missing" && report("voicemail-by-tone", await telephony.play(leg, name, [BEEP]))) return null;
    return { type: "prompt.over", leg, prompt: of, at: clock.now(), position: null };
  };
  /** The music goes on until the words are ready, and comes back right after them. */
  const announce = async (state: () => CallState, { leg, what, count }: Extract<Hearing, { do: "announce" }>, report: Report): Promise<null> => {
    const { core } = state();
    const texts = what === "callback" ? [CALLBACK_OFFER] : placeWords(core.place?.announce ?? null, positionOf(core.id));
    const items = (await Promise.all(texts.map(spoken))).filter((item) => item !== null);
    // Meanwhile somebody may have taken the call: nothing is spoken into a talk.
    if (items.length === 0 || state().phase.kind !== "waiting") return null;
    report("announce", await telephony.play(leg, `announcement-${count}`, [...items, musicItem(state().core.place?.music ?? null)]));
    return null;
  };

  return async (state, effect, report) => {
    const { core } = state();
    switch (effect.do) {
      case "welcome": return welcome(core, effect.leg, report);
      case "play-music": return music(core, effect.leg, report);
      case "play-voicemail-greeting": {
        const greeting = await spoken(core.plan?.voicemail?.greeting ?? "");
        return prompt(effect.leg, "voicemail", greeting === null ? [BEEP] : [greeting, BEEP], report);
      }
      case "say": {
        const words = await spoken(lastWords[effect.words]);
        return prompt(effect.leg, "farewell", words === null ? [] : [words], report);
      }
      case "announce": return announce(state, effect, report);
    }
  };
}

/** The list that a call begins with, up to its music. */
async function welcomeList(core: CallCore, spoken: (text: string) => Promise<PlayItem | null>): Promise<{ readonly name: string; readonly items: readonly PlayItem[] }> {
  const greeting = spoken(core.greeting);
  if (core.menu === null) return { name: WELCOME_PLAY, items: [(await greeting) ?? BEEP] };
  const menu = spoken(core.menu.prompt);
  return { name: MENU_PLAY, items: [(await greeting) ?? NO_PROMPT, (await menu) ?? BEEP, KEY_PAUSE] };
}

const musicItem = (path: string | null): PlayItem => (path === null ? HOUSE_MUSIC : { source: { kind: "file", path }, times: "forever" });
const musicName = (path: string | null): string => (path === null ? "music" : `music-${path.slice(-MAX_NAME_CHARS)}`);

/** Refusals after which the leg's end or the next snapshot tells how to go on. */
const comesBack: ReadonlySet<TelephonyError["type"]> = new Set(["switch-away", "switch-silent", "leg-gone"]);
