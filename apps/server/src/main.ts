// The server's composition root: the whole machine on one page. Rooms get each other as arguments; nobody else introduces them.
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describeProblem, parseConfig, type Config } from "@ringdesk/contract/config";
import { lifeline, type Lifeline } from "@ringdesk/contract/process";
import type { E164, Result, UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import { callBelongings, callProjection, callRoutes, countDay, createCallLevels, createCalls, createCallStore, recentHandOvers, wordsAhead, type CallService } from "./calls/wiring.ts";
import { createHandsetStore, createSandbox, handsetRoutes } from "./carriers/wiring.ts";
import { conversationBelongings, conversationRoutes, conversationsProjection, createConversationBoard, createConversations, createListNews, createSnoozeAlarm, createTimeline } from "./conversations/wiring.ts";
import {
  createCustomerFields, createCustomerImports, createCustomers, customerExportRoute, customerImportRoutes, customerRoutes, importReportRoute, insertCustomer,
} from "./customers/wiring.ts";
import { createDevices, createDeviceStore, createPhoneRinging, deviceRoutes } from "./devices/wiring.ts";
import { createFactLog } from "./facts/wiring.ts";
import { createSystemClock, newId } from "./kernel/index.ts";
import { attachLiveSocket, createLive } from "./live/wiring.ts";
import { readNumber, textsOf } from "./numbers/index.ts";
import { createNumbers, createNumberSettings, insertNumber, numberRoutes, selectNumbers } from "./numbers/wiring.ts";
import {
  auditProjection, createAccounts, createAccountStore, createAudit, createAuditReader, createEntrance, createOrganisationStore, createPasswords, createPermissionSets, createSetup,
  createThrottle, openDirectory, openSessions, organisationRoutes, peopleRoutes,
} from "./organisation/wiring.ts";
import { storeAway } from "./platform/index.ts";
import { completeHandlers, createHttpServer, createLog, openDatabase, openReadyDatabase, type OpenDatabase } from "./platform/wiring.ts";
import { createPrompts, createSocketConverter, createSocketVoice, createSounds, soundRoutes } from "./prompts/wiring.ts";
import { createRecordingKeeping, recordingAudioRoute, recordingBelongings, recordingRoutes, recordingsProjection } from "./recordings/wiring.ts";
import { conversationPlace, routeCall, routeConversation } from "./routing/index.ts";
import { createQueues, createRouting, createRoutingSettings, routingRoutes, routingSettingsRoutes, seedQueue, type RoutingService } from "./routing/wiring.ts";
import { ownVersion, readyDetails } from "./ready.ts";
import { createWorkspaceSeed, greetingOf } from "./sample.ts";
import { countResults, createBulk, createSearchCounts, createSearches, searchExportRoute, searchRoutes, seedStandardSearch, sheetTime } from "./searches/wiring.ts";
import {
  assignQueue, createAgents, createStatusHistory, createSubStatusStore, createTeamSettings, createTeamsStore, insertTeam, openSubStatuses, statusHistoryProjection, teamsRoutes,
} from "./teams/wiring.ts";
import { CONFIGURED_TRUNK, createEchoCalls, createHandsetLines, createPgPositionStore, createTelephony, telephonyRoutes, tellCarriers, trunksOf, type TelephonyService } from "./telephony/wiring.ts";

/** Exit codes: the launcher starts the server again after a crash, and gives up on a refused configuration. */
const EXIT_BAD_CONFIG = 78;
const EXIT_CRASH = 1;
const STOP_LIMIT_MS = 10_000;
/** An agent's SIP phone, among the tabs of their desktop. */
const PHONE_TAB = "phone";
/** Connections of the log of facts: calls never wait for a slow page. */
const FACT_CONNECTIONS = 3;
const MIGRATIONS = join(import.meta.dirname, "../migrations");
const WEB_FOLDER = join(import.meta.dirname, "../../web/dist");

const parsed = parseConfig(process.env);
if (parsed.ok && parsed.value.databaseUrl !== null) await run(parsed.value, parsed.value.databaseUrl);
else {
  const problems = parsed.ok ? ["DATABASE_URL is not set. Start Ringdesk with npm start, which brings a database."] : parsed.error.map(describeProblem);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = EXIT_BAD_CONFIG;
}

async function run(config: Config, databaseUrl: string): Promise<void> {
  const log = createLog(config.logLevel);
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, "the server failed by a bug and restarts");
    process.exit(EXIT_CRASH);
  };
  process.on("uncaughtException", crash);
  // An absent database is no bug: whoever forgot to expect it must not end the server, which could not start again without one.
  process.on("unhandledRejection", (reason) => (storeAway(reason) === null ? crash(reason) : log.error({ err: reason }, "something was left undone while the database is away")));
  let stop: () => Promise<void> = () => Promise.resolve();
  const line = lifeline(process, (why) => {
    log.info({ why }, "stopping");
    setTimeout(() => process.exit(EXIT_CRASH), STOP_LIMIT_MS).unref();
    void stop().then(() => process.exit(0));
  });
  const main = await openReadyDatabase({ url: databaseUrl, migrations: MIGRATIONS, log });
  stop = await startHouse({ config, databaseUrl, log, main, line });
}

interface House { readonly config: Config; readonly databaseUrl: string; readonly log: Logger; readonly main: OpenDatabase; readonly line: Lifeline }

/** Builds the rooms from the bottom up, starts them, and tells how to stop them. */
// oxlint-disable-next-line max-lines-per-function -- one page on purpose: what depends on what is read here
async function startHouse({ config, databaseUrl, log, main, line }: House): Promise<() => Promise<void>> {
  const { db } = main;
  const clock = createSystemClock();
  const data = resolve(config.dataFolder);
  const run = resolve(config.runFolder);
  const media = join(data, "media");
  await mkdir(media, { recursive: true });
  const isOnCall = (user: UserId): boolean => calls.callOf(user) !== null;
  const country = (): string => (directory.isSetUp() ? directory.organisation().country : "US");
  const numberOrWhy = (text: string): Result<E164, string> => readNumber(text, country());
  const numberOrNull = (text: string): E164 | null => {
    const number = numberOrWhy(text);
    return number.ok ? number.value : null;
  };

  // live: what browsers see. Its providers are asked only once browsers connect.
  const live = createLive({
    clock, epoch: newId(),
    providers: {
      deskOf: (user) => routing.deskOf(user), queueLines: () => routing.queueLines(), callsWaiting: () => routing.callsWaiting(), liveView: () => routing.liveView(),
      mayWatchLiveView: (user) => directory.permissions(user).includes("live-view"), handsetOf: (id) => sandbox.handsets.view(id),
    },
    presence: {
      desktopOpened: (user, tab) => agents.desktopOpened(user, tab), desktopClosed: (user, tab) => agents.desktopClosed(user, tab),
      handsetOpened: (handset) => sandbox.handsets.watched(handset), handsetClosed: (handset) => sandbox.handsets.unwatched(handset),
      searchesOpened: (user) => searchCounts.watched(user), searchesClosed: (user) => searchCounts.unwatched(user),
      levelsOpened: (user) => callLevels.watched(user), levelsClosed: (user) => callLevels.unwatched(user),
    },
  });

  // facts, and the tables that follow from them. The journal of an earlier run comes in at once: rooms below read the tables when they start.
  let built = false;
  const timeline = createTimeline({ db, log, changed: (customerId, entry) => {
    live.publishCustomer(customerId, { type: "timeline", customerId, entry });
    if (built) searchCounts.touched("activity");
  } });
  const board = createConversationBoard();
  const conversationChanged: typeof board.changed = (state) => {
    board.changed(state);
    if (built) searchCounts.touched("conversation");
    listNews.changed();
  };
  const listNews = createListNews({ clock, publish: () => live.publishTopicByTurns("conversations", { type: "conversations" }) });
  const factsDatabase = openDatabase({ url: databaseUrl, log, maxConnections: FACT_CONNECTIONS, name: "ringdesk-facts" });
  const facts = await createFactLog({
    db: factsDatabase.db, journalFolder: join(data, "journal"), clock, log,
    projections: [auditProjection, statusHistoryProjection, conversationsProjection(timeline, { ...board, changed: conversationChanged }), recordingsProjection({
      ended: (isRemoved) => { if (built) keeping.keeper.ended(isRemoved); },
      failed: () => { if (built) keeping.keeper.failed(); },
    }), callProjection(timeline)],
    alarm: ({ waiting }) => log.error({ waiting }, "facts pile up because the database is away; when 100,000 wait, calls are refused"),
  });

  // organisation
  const store = createOrganisationStore(db);
  const accountStore = createAccountStore(db);
  const directory = await openDirectory(store, accountStore);
  const audit = createAudit({ facts, clock, log });
  const passwords = createPasswords();
  const throttle = createThrottle(clock);
  const sessions = await openSessions({ store, directory, passwords, throttle, audit, clock, log, isOnCall });

  const warnAdmins = (text: string): void => {
    for (const { id, role } of directory.users()) if (role === "admin") live.publishTo(id, { type: "notice", level: "warning", text, callId: null });
  };
  const keeping = createRecordingKeeping({ config, db, media, clock, audit, log, warn: warnAdmins });

  // people, customers, numbers
  const queues = createQueues(db);
  await queues.reload();
  const agents = await createAgents({ clock, facts, store: createTeamsStore(db), surroundings: { isOnCall, isVoiceQueue: queues.isVoiceQueue, isActive: directory.isActive }, log });
  directory.onChanged(agents.usersChanged);
  const customerFields = await createCustomerFields({ db, audit });
  const customers = createCustomers({
    db, clock, audit, fields: customerFields, belongings: [conversationBelongings(board), recordingBelongings(clock.now, () => keeping.keeper.wake()), callBelongings],
    readNumber: numberOrWhy,
    changed: (customerId, movedTo) => {
      live.publishCustomer(customerId, { type: "customer", customerId, movedTo });
      searchCounts.touched("customer");
    },
  });
  const customerImports = createCustomerImports({ db, clock, audit, fields: customerFields, readNumber: numberOrWhy, log });
  await board.start({ db, facts, failed: (error) => log.warn({ err: error }, "with whom an agent's conversation is could not be read") });
  const conversations = createConversations({
    db, clock, timeline, customers, newCustomer: insertCustomer,
    told: { changed: (state) => { conversationChanged(state); snoozes.changed(state); } },
    surroundings: {
      userName: (user) => (directory.isActive(user) ? directory.user(user)?.name ?? null : null), teamName: (team) => agents.teams().find((t) => t.id === team)?.displayName ?? null, readNumber: numberOrNull,
      queue: (id) => conversationPlace(queues, id), route: (incoming) => routeConversation(queues, { ...incoming, numberQueueId: null }, clock.now()),
    },
  });
  const snoozes = createSnoozeAlarm({ db, clock, log, wake: conversations.wake });
  const searches = await createSearches({ db, clock, audit, changed: () => searchCounts.searchesChanged() });
  const searchCounts = createSearchCounts({
    clock, searches: searches.all, count: (criteria) => countResults(db, criteria, clock.now()), publish: (user, counts) => live.publishTo(user, { type: "search-counts", counts }),
    failed: (error) => log.warn({ err: error }, "searches could not be counted"),
  });
  const exportNames = {
    queue: (id: string) => queues.all().find((q) => q.id === id)?.displayName ?? null, user: (id: string) => directory.user(id as UserId)?.name ?? null,
    team: (id: string) => agents.teams().find((t) => t.id === id)?.displayName ?? null, time: (at: number) => sheetTime(at, directory.organisation().timeZone),
  };
  const numbers = await createNumbers(() => selectNumbers(db));
  const prompts = createPrompts({ media, voice: createSocketVoice(join(run, "speech.sock")), log });
  const sounds = await createSounds({ media, ...createSocketConverter(join(run, "speech.sock")) });
  const greetings = async (text: string): Promise<string | null> => {
    const spoken = await prompts.greeting(text, `en-${country() === "CA" ? "CA" : "US"}`);
    return spoken.ok ? spoken.value.path : null;
  };
  /** Spoken ahead, so that the first caller does not wait for the voice. */
  const prepareGreetings = (): void => {
    const ahead = wordsAhead({
      voicemail: numbers.all().some(({ voicemail }) => voicemail.on), callback: queues.all().some(({ callback }) => callback !== null), hours: queues.all().some(({ scheduleId }) => scheduleId !== null),
    });
    for (const text of [...numbers.all().flatMap(textsOf), ...ahead]) void greetings(text);
  };
  numbers.onChanged(prepareGreetings);

  // carriers and telephony: handsets are browser legs that telephony makes look like phones
  const sandbox = await createSandbox({
    clock, log, store: createHandsetStore(db),
    trunk: config.trunk === null || config.trunk.targets.length === 0 ? null : CONFIGURED_TRUNK,
    phoneTrunk: (number) => telephony.registeredAt(number),
    isSupportNumber: (number) => numbers.byNumber(number) !== null,
    readNumber: numberOrWhy,
    publish: (handset) => live.publishHandset(handset.id, handset),
    lines: createHandsetLines(() => telephony),
  });
  const telephony: TelephonyService = createTelephony({
    socketPath: join(run, "switch.sock"), clock, log, positions: createPgPositionStore(db), routes: sandbox.carriers, trunks: () => trunksOf(config.trunk, config.sandbox, config.phoneSources), readNumber: numberOrNull,
  });
  tellCarriers(telephony, sandbox.carriers);

  // the agents' phones: one that is there counts as a desktop
  const devices = await createDevices({
    store: createDeviceStore(db), phones: telephony.phones, directory, audit, clock, server: `${config.address}:${config.sipPort}`,
    presence: { opened: (user) => agents.desktopOpened(user, PHONE_TAB), closed: (user) => agents.desktopClosed(user, PHONE_TAB) },
    changed: (user) => routing.deskChanged(user),
  });
  const phones = createPhoneRinging({
    telephony, devices, log, answers: { accept: (offer, user) => routing.accept(offer, user), decline: (offer, user) => void routing.decline(offer, user) },
    trouble: (user, text) => {
      devices.noteTrouble(user, text);
      if (text !== null) live.publishTo(user, { type: "notice", level: "warning", text, callId: null });
    },
  });

  // calls and routing
  const calls: CallService = createCalls({
    telephony, customers, clock, greetings, log, facts, numbers, country, store: createCallStore(db, timeline),
    surroundings: {
      routeCall: (call) => routeCall(queues, call, clock.now()), mayDial: (user) => routing.mayDial(user), phoneOf: (user) => devices.phoneOf(user), positionOf: (call) => routing.positionOf(call),
      successorOf: (queue) => {
        const standard = queues.standard();
        return queues.byId(queue) !== null || standard === null ? null : { queueId: standard.id, queueName: standard.displayName };
      },
    },
    notify: (user, notice) => live.publishTo(user, { type: "notice", ...notice }),
  });
  telephony.addOwner(calls.legs);
  const callLevels = createCallLevels({ telephony, calls, publish: live.publishLevels });
  const echoCalls = createEchoCalls({ telephony, clock });
  telephony.addOwner(echoCalls.legs);
  const routing: RoutingService = createRouting({
    phones: { ...phones, hasPhone: (user) => devices.phoneOf(user) !== null },
    calls, agents, queues, directory, clock, log, load: board.load, assign: async (conversation, user) => (await conversations.take(conversation, user)).ok,
    publish: {
      desk: (user, desk) => live.publishTo(user, { type: "desk", desk }),
      queues: { isWatched: () => live.isWatched("queues"), lines: (items, whole) => live.publishTopic("queues", { type: whole ? "queues" : "queue-lines", items: [...items] }), waiting: (count) => live.publishAll({ type: "waiting", calls: count }) },
      liveView: { isWatched: () => live.isWatched("live-view"), send: (change, whole) => live.publishTopic("live-view", { type: "live-view", change, whole }) },
    },
    countDay: (from, withinMs) => countDay(db, from, withinMs), recentHandOvers: (span, each) => recentHandOvers(db, span, each), timeZone: () => (directory.isSetUp() ? directory.organisation().timeZone : "UTC"),
  });

  // the first start, and who comes and goes
  const setUp = createSetup({
    store, directory, sessions, passwords, audit, clock,
    seed: createWorkspaceSeed({ queue: seedQueue, team: insertTeam, number: insertNumber, customer: insertCustomer, search: seedStandardSearch }),
    afterSetup: async () => {
      await Promise.all([queues.reload(), agents.reload(), numbers.reload(), searches.reload()]);
      routing.refreshAll();
    },
  });
  const sessionChanged = (user: UserId): void => live.publishTo(user, { type: "session" });
  const accounts = createAccounts({
    store: accountStore, directory, sessions, audit, clock, isOnCall, transaction: store.transaction, changed: sessionChanged, left: (user) => agents.setStatus(user, "unavailable", "deactivated"),
  });
  const entrance = createEntrance({ store: accountStore, directory, sessions, passwords, throttle, audit, clock, transaction: store.transaction });
  const statuses = await openSubStatuses({ store: createSubStatusStore(db), audit, clock });
  const routingSettings = createRoutingSettings({
    db, queues, clock, audit, agents, numbers, media, keepSound: sounds.keep, hearSound: sounds.hear,
    teams: { all: agents.teams, assign: assignQueue, insert: insertTeam }, isUser: (id) => directory.user(id) !== null,
    changed: async () => {
      await agents.reload();
      calls.queuesChanged();
      prepareGreetings();
      routing.refreshAll();
    },
  });
  const teams = createTeamSettings({
    db, agents, directory, audit, clock, changed: routing.refreshAll,
    queue: (id) => {
      const queue = queues.byId(id);
      return queue === null ? null : { name: queue.displayName, waiting: calls.waiting().filter((call) => call.queueId === id).length };
    },
  });
  sessions.onSignedIn(agents.signedIn);
  sessions.onEnded(({ sessionId, user, last }) => {
    live.endSession(sessionId);
    if (last) agents.signedOut(user);
  });

  built = true;
  await calls.start();
  routing.start();
  devices.start();
  board.waiting.onChanged((change) => { if (change.type === "waiting") routing.conversationWaiting(change.conversation); else routing.conversationGone(change.id); });
  for (const conversation of board.waiting.all()) routing.conversationWaiting(conversation);
  snoozes.start();
  keeping.keeper.start();
  await telephony.start();
  prepareGreetings();
  const unattended = config.setup === null || directory.isSetUp() ? null : await setUp({
    organisation: { name: config.setup.organisation, timeZone: config.setup.timeZone, country: config.setup.country },
    owner: { name: config.setup.ownerName, email: config.setup.ownerEmail, password: config.setup.ownerPassword }, sample: config.setup.sample,
  });
  if (unattended !== null && !unattended.ok) log.error({ reason: unattended.error }, "the unattended first start failed; the page offers it instead");

  // the edges
  const http = await createHttpServer({
    log, publicUrl: config.publicUrl, tls: config.tls, findSession: sessions.find, nowMs: clock.now, webFolder: WEB_FOLDER, version: await ownVersion(),
    handlers: completeHandlers(
      organisationRoutes({ directory, sessions, setUp, sandbox: config.sandbox }),
      peopleRoutes({ directory, accounts, entrance, sessions, auditReader: createAuditReader(db), sets: createPermissionSets({ store: accountStore, directory, audit, clock, changed: sessionChanged }), sandbox: config.sandbox }),
      teamsRoutes({ teams, statuses, history: createStatusHistory(db) }),
      customerRoutes({ customers, fields: customerFields }), customerImportRoutes(customerImports), conversationRoutes({
        conversations, timeline, load: board.load,
        assignees: () => ({ users: directory.users().filter((u) => directory.isActive(u.id)), teams: agents.teams().map(({ id, displayName }) => ({ id, name: displayName })) }),
      }),
      searchRoutes({ searches, bulk: createBulk({ db, clock, audit, desk: conversations }), directory, teams: agents.teams }),
      numberRoutes(numbers, createNumberSettings({ db, clock, audit, readNumber: numberOrWhy, greeting: () => greetingOf(directory.organisation().name), reload: numbers.reload, isQueue: (id) => queues.byId(id) !== null })), telephonyRoutes({ turn: config.turn, echoCalls, clock }), handsetRoutes(sandbox.handsets), callRoutes(calls), deviceRoutes(devices), routingRoutes(routing, statuses.choose), routingSettingsRoutes(routingSettings), soundRoutes(sounds), recordingRoutes(keeping),
    ),
    rawRoutes: [searchExportRoute({ searches, audit, directory, names: exportNames }), recordingAudioRoute({ ...keeping, audit, clock }), importReportRoute(customerImports), customerExportRoute({ customers, fields: customerFields, audit })],
    operations: {
      checks: async () => ({ database: await main.answers(), switch: telephony.isUp() }),
      gauges: () => ({ ringdesk_facts_waiting: facts.health().waiting, ringdesk_live_sockets: live.sockets(), ringdesk_calls_waiting: calls.waiting().length, ringdesk_switch_overloaded: Number(telephony.isOverloaded()) }),
    },
  });
  const socket = attachLiveSocket({ server: http.server, live, findSession: sessions.find, publicUrl: config.publicUrl, log });
  await http.listen({ host: config.bind, port: config.httpPort });
  log.info({ port: config.httpPort }, "the server serves");
  line.ready(readyDetails(config, directory.isSetUp(), numbers.standard()?.number ?? null, unattended?.ok === true ? unattended.value.sampleUsers : []));

  return async () => {
    socket.close();
    live.stop();
    sessions.stop();
    await http.close();
    await telephony.stop();
    for (const room of [callLevels, calls, routing, agents, sandbox, snoozes, listNews, searchCounts]) room.stop();
    await Promise.all([agents.settled(), sandbox.settled(), keeping.keeper.stop()]);
    await facts.close();
    await Promise.all([factsDatabase.close(), main.close()]);
  };
}
