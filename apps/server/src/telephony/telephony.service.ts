import type { CommandInput, Trunk } from "@ringdesk/contract/switch";
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import type { Logger } from "pino";
import { newId, type Clock } from "../kernel/index.ts";
import { createAgentPhones } from "./agent-phones.ts";
import { createCommandBook, type CommandBook } from "./command-book.ts";
import { createEventHub } from "./event-hub.ts";
import { reconcile } from "./reconcile.rules.ts";
import { createRegisteredPhones, type RegisteredPhones } from "./registered-phones.ts";
import { createSwitchLink } from "./switch-link.socket.ts";
import { createSwitchSession, type SwitchSessionOptions } from "./switch-session.ts";
import { happeningOf, type ReadNumber } from "./switch-words.rules.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import type { LegHappening, LegOwner, OutboundRoutes, PositionStore, Telephony, VirtualLegs } from "./telephony.ports.ts";
import { PHONES_TRUNK } from "./trunk.rules.ts";
import { createSwitchLoadState, type SwitchLoadState } from "./switch-load.ts";
import { createTrunkStates, type TrunkStates } from "./trunk-states.ts";
import { createHandsetLegs, type HandsetLegs } from "./virtual-legs.ts";

export type TelephonyOptions = {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly positions: PositionStore;
  readonly routes: OutboundRoutes;
  /** The configured trunks; asked at each connection. */
  readonly trunks: () => readonly Trunk[];
  readonly readNumber: ReadNumber;
};

export type TelephonyService = Telephony & VirtualLegs & {
  /** Connects. Listeners and owners must be there before: events begin to come. */
  readonly start: () => Promise<void>;
  /** Lets go of the switch; the calls go on without a server. */
  readonly stop: () => Promise<void>;
};

/** The switch of this machine, behind its socket. Legs, bridges and recordings live there, and outlive this process. */
export function createTelephony(options: TelephonyOptions): TelephonyService {
  const { clock, log } = options;
  const hub = createEventHub((error) => log.error({ err: error }, "a listener of the switch failed by a bug"));
  const owners: LegOwner[] = [];
  /** Legs that a command of this process created: they are owned until they end, before anybody else says so. */
  const created = new Set<LegId>();
  const creating = creatingIn(created);
  const emit = (happening: LegHappening): void => {
    if (happening.type === "ended") created.delete(happening.leg);
    hub.deliver({ ...happening, at: clock.now(), position: null }, () => undefined);
  };
  const link = createSwitchLink({
    socketPath: options.socketPath, server: newId(), clock, log,
    acked: () => session.acked(), onGreeting: (greeting) => session.greeted(greeting),
    onFrame: (frame) => session.onFrame(frame), onLost: () => session.lost(),
  });
  const book = createCommandBook({ clock, newId, send: link.send });
  const handsets = createHandsetLegs({
    clock, routes: options.routes, readNumber: options.readNumber, emit,
    endOnSwitch: (leg) => book.ask({ do: "leg.hangup", leg }),
  });
  const agentPhones = createAgentPhones({ book, registered: () => phones, isUp: () => session.isUp(), creating });
  const phones = createRegisteredPhones({ readNumber: options.readNumber, isAccount: agentPhones.isAccount, accountChanged: agentPhones.changed, log });
  const [trunkStates, load] = [createTrunkStates(log), createSwitchLoadState(log)];
  const owned = (): Iterable<LegId> => [...owners.flatMap((owner) => [...owner()]), ...created];
  const underWay = (): ReadonlySet<LegId> => new Set([...book.legs(), ...handsets.ringing()]);
  const session = createSwitchSession({
    clock, log, hub, book, positions: options.positions, trunks: options.trunks, phoneAccounts: agentPhones.accounts,
    sendAck: (seq) => link.send({ frame: "ack", seq }),
    onSnapshot: (snapshot) => {
      phones.replace(snapshot.phones);
      trunkStates.replace(snapshot.trunks ?? []);
      load.replace(snapshot.load);
    },
    translate: (event) => {
      if (!isOfCalls(event)) return takeNews(event, { load, trunkStates, phones });
      if (event.type === "leg.incoming" && event.trunk === PHONES_TRUNK) { void book.ask({ do: "leg.reject", leg: event.leg, reason: "not-allowed" }); return null; }
      const happening = handsets.reword(happeningOf(event, options.readNumber));
      if (happening.type === "ended") created.delete(happening.leg);
      return happening;
    },
    onUp: (epoch, fresh, snapshot) => {
      // Before anybody hears of it: what they ask then is no command that was under way.
      const { gone } = reconcile(owned(), underWay(), snapshot);
      hub.tellSwitch({ state: "up", epoch, fresh, snapshot });
      for (const leg of gone) emit({ type: "ended", leg, cause: "switch-failed", by: "switch", quality: null });
    },
    onCaughtUp: (snapshot) => {
      const { strangers } = reconcile(owned(), underWay(), snapshot);
      if (strangers.length > 0) log.warn({ legs: strangers }, "hanging up legs that belong to no call");
      for (const leg of strangers) void book.ask({ do: "leg.hangup", leg });
      agentPhones.ready();
    },
  });
  return {
    onEvent: hub.onEvent, observe: hub.observe, onSwitch: hub.onSwitch,
    addOwner: (owner) => void owners.push(owner),
    isUp: session.isUp, isOverloaded: load.isOverloaded,
    quality: session.quality, onQuality: hub.onQuality, onLevels: hub.onLevels,
    registeredAt: (number) => phones.find(number)?.trunk ?? null, phones: agentPhones.phones,
    ...createCommands({ book, handsets, phones, creating, routes: options.routes }),
    virtualIncoming: handsets.virtualIncoming, virtualAnswered: handsets.virtualAnswered, virtualEnded: handsets.virtualEnded,
    start: async () => {
      await session.load();
      link.start();
    },
    stop: async () => {
      link.close();
      await session.close();
    },
  };
}

type Event = Parameters<SwitchSessionOptions["translate"]>[0];
type News = Extract<Event, { readonly type: "switch.load" | "trunk.state" | "phone.registered" | "phone.unregistered" }>;
type Newsreaders = { readonly load: SwitchLoadState; readonly trunkStates: TrunkStates; readonly phones: RegisteredPhones };

const news: ReadonlySet<string> = new Set<News["type"]>(["switch.load", "trunk.state", "phone.registered", "phone.unregistered"]);
const isOfCalls = (event: Event): event is Exclude<Event, News> => !news.has(event.type);

/** What the switch tells of itself, its trunks and phones. */
function takeNews(event: News, { load, trunkStates, phones }: Newsreaders): null {
  if (event.type === "switch.load") load.happened(event);
  else if (event.type === "trunk.state") trunkStates.happened(event);
  else phones.happened(event);
  return null;
}

type Creating = <T>(leg: LegId, asking: Promise<Result<T, TelephonyError>>) => Promise<Result<T, TelephonyError>>;

/** A leg is this process's from the moment its command leaves; not any more when it was refused. */
const creatingIn = (created: Set<LegId>): Creating => async (leg, asking) => {
  const isNew = !created.has(leg);
  created.add(leg);
  const answer = await asking;
  if (!answer.ok && isNew && answer.error.type !== "switch-silent") created.delete(leg);
  return answer;
};

type Commands = Omit<Telephony, "onEvent" | "observe" | "onSwitch" | "addOwner" | "isUp" | "isOverloaded" | "quality" | "onQuality" | "onLevels" | "registeredAt" | "phones">;
type CommandNeeds = {
  readonly book: CommandBook;
  readonly handsets: HandsetLegs;
  readonly phones: RegisteredPhones;
  readonly routes: OutboundRoutes;
  readonly creating: Creating;
};

function createCommands({ book, handsets, phones, routes, creating }: CommandNeeds): Commands {
  const tell = async (command: CommandInput): Promise<Result<void, TelephonyError>> => {
    const answer = await book.ask(command);
    return answer.ok ? ok(undefined) : answer;
  };
  return {
    ring: (leg) => tell({ do: "leg.ring", leg }),
    answer: async (leg) => {
      const done = await tell({ do: "leg.answer", leg });
      if (done.ok) handsets.answered(leg);
      return done;
    },
    reject: (leg, reason) => {
      handsets.rejected(leg, reason);
      return tell({ do: "leg.reject", leg, reason });
    },
    dial: async (request) => {
      const way = routes.route(request.to);
      if (way.kind === "none") return err({ type: "no-route" });
      if (way.kind === "handset") return handsets.ringHandset(way.handset, request);
      const phone = phones.find(request.to);
      const to = phone?.trunk === way.trunk ? phone.dialled : request.to;
      return creating(request.leg, tell({ do: "leg.dial", trunk: way.trunk, ...request, to }));
    },
    connectBrowser: async (leg, sdp) => {
      const answer = await creating(leg, book.ask({ do: "leg.connect-browser", leg, sdp }));
      if (!answer.ok) return answer;
      return answer.value.sdp === undefined ? err({ type: "switch-error", detail: "no SDP in the answer" }) : ok(answer.value.sdp);
    },
    hangup: (leg) => (handsets.hungUp(leg) ? Promise.resolve(ok(undefined)) : tell({ do: "leg.hangup", leg })),
    hold: (leg, hold) => tell({ do: "leg.hold", leg, hold }),
    play: (leg, play, items) => tell({ do: "leg.play", leg, play, items: [...items] }),
    stopPlay: (leg) => tell({ do: "leg.stop-play", leg }),
    watchLevel: (leg, on) => tell({ do: "leg.levels", leg, on }),
    sendDigits: (leg, digits) => tell({ do: "leg.send-dtmf", leg, digits }),
    bridge: (bridge, legs) => tell({ do: "bridge.set", bridge, legs: [...legs] }),
    echo: (bridge, leg) => tell({ do: "bridge.set", bridge, legs: [leg], hears: [{ leg, of: [leg] }] }),
    unbridge: (bridge) => tell({ do: "bridge.close", bridge }),
    record: {
      start: (recording, left, right) => tell({ do: "recording.start", recording, left, right }),
      pause: (recording) => tell({ do: "recording.pause", recording }),
      resume: (recording) => tell({ do: "recording.resume", recording }),
      legs: (recording, left, right) => tell({ do: "recording.legs", recording, left, right }),
      stop: (recording) => tell({ do: "recording.stop", recording }),
    },
  };
}
