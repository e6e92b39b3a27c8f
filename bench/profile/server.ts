// The server of the bench profile: the product's rooms that carry a call (telephony, calls, customers, conversations, facts),
// joined as the product's main joins them, without web pages and people. In their place stands a contact that takes any
// number of calls at once, as a SIP leg instead of an agent's browser.
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseConfig, type Config } from "@ringdesk/contract/config";
import { lifeline } from "@ringdesk/contract/process";
import { ok, type CallId, type E164, type OfferId, type UserId } from "@ringdesk/std";
import { callProjection, createCalls, createCallStore, type CallService } from "../../apps/server/src/calls/wiring.ts";
import { conversationsProjection, createTimeline } from "../../apps/server/src/conversations/wiring.ts";
import { customersOver } from "../../apps/server/src/customers/customers.fake.ts";
import { createFactLog } from "../../apps/server/src/facts/wiring.ts";
import { createSystemClock, newId } from "../../apps/server/src/kernel/index.ts";
import { createNumbers } from "../../apps/server/src/numbers/wiring.ts";
import { createLog, openDatabase, runMigrations } from "../../apps/server/src/platform/wiring.ts";
import { recordingsProjection } from "../../apps/server/src/recordings/wiring.ts";
import { routeCall } from "../../apps/server/src/routing/index.ts";
import { createQueues, seedQueue } from "../../apps/server/src/routing/wiring.ts";
import { createPgPositionStore, createTelephony, type TelephonyService } from "../../apps/server/src/telephony/wiring.ts";
import { agentPool } from "./agent-pool.ts";
import { BENCH_TRUNK, benchUsers, CONTACT, readBenchNumber, supportNumberOf } from "./numbers.ts";

const MIGRATIONS = join(import.meta.dirname, "../../apps/server/migrations");
/** What callers are greeted with: one frame of silence, so that no time of the set-up is the greeting's. */
const GREETING = "prompts/bench-greeting.ulaw";
const FRAME_BYTES = 160, ULAW_SILENCE = 0xff;
const FACT_CONNECTIONS = 3;
const RING_MS = 60_000;
const QUEUE = "Bench";

type Log = ReturnType<typeof createLog>;

const config = parseConfig(process.env);
if (!config.ok || config.value.databaseUrl === null) {
  process.stderr.write("The bench profile is started by npm run bench:serve.\n");
  process.exit(78);
}
const log = createLog(config.value.logLevel);
let stop: () => Promise<void> = () => Promise.resolve();
const line = lifeline(process, () => { void stop().then(() => process.exit(0)); });
stop = await startProfile(config.value, config.value.databaseUrl, log);
line.ready();

async function startProfile(settings: Config, databaseUrl: string, log: Log): Promise<() => Promise<void>> {
  const main = openDatabase({ url: databaseUrl, log });
  const factsDatabase = openDatabase({ url: databaseUrl, log, maxConnections: FACT_CONNECTIONS, name: "ringdesk-facts" });
  const { db } = main;
  const clock = createSystemClock();
  const data = resolve(settings.dataFolder);
  await runMigrations(db, MIGRATIONS, log);
  await mkdir(join(data, "media/prompts"), { recursive: true });
  await writeFile(join(data, "media", GREETING), Buffer.alloc(FRAME_BYTES, ULAW_SILENCE));

  const queues = createQueues(db);
  await queues.reload();
  const queueId = queues.all().find(({ name }) => name === QUEUE)?.id ?? await db.transaction().execute((trx) => seedQueue(trx, { name: QUEUE, voiceEnabled: true }, clock.now()));
  await queues.reload();
  const timeline = createTimeline({ db, log, changed: () => undefined });
  const facts = await createFactLog({
    db: factsDatabase.db, journalFolder: join(data, "journal"), clock, log,
    projections: [conversationsProjection(timeline, { changed: () => undefined, applied: () => undefined }), recordingsProjection({ ended: () => undefined, failed: () => undefined }), callProjection(timeline)],
    alarm: ({ waiting }) => log.error({ waiting }, "facts pile up"),
  });
  const numbers = await createNumbers(async () => benchUsers.map((user) => supportNumberOf(user, queueId)));
  const telephony = createTelephony({
    socketPath: join(resolve(settings.runFolder), "switch.sock"), clock, log, positions: createPgPositionStore(db), readNumber: readBenchNumber,
    routes: { route: () => ({ kind: "trunk", trunk: BENCH_TRUNK }), ringHandset: () => false, stopRinging: () => undefined },
    trunks: () => [{ id: BENCH_TRUNK, sources: ["127.0.0.1"], target: { host: CONTACT.host, port: CONTACT.port }, registers: false }],
  });
  const calls = createCalls({
    telephony: withContactLegs(telephony), clock, log, facts, numbers, customers: customersOver(db, clock), country: () => "US",
    greetings: () => Promise.resolve(GREETING), store: createCallStore(db, timeline), notify: () => undefined,
    surroundings: { routeCall: (call) => routeCall(queues, call, clock.now()), mayDial: () => ok(undefined), phoneOf: () => null, positionOf: () => null, successorOf: () => null },
  });
  telephony.addOwner(calls.legs);
  connectToContact(calls, await agentPool(databaseUrl), log);
  await calls.start();
  await telephony.start();

  return async () => {
    await telephony.stop();
    calls.stop();
    await facts.close();
    await Promise.all([factsDatabase.close(), main.close()]);
  };
}

/** The agent's leg is a call to the contact. What would be the browser's offer is the caller's number, which the contact is shown. */
function withContactLegs(telephony: TelephonyService): TelephonyService {
  return {
    ...telephony,
    connectBrowser: async (leg, callerNumber) => {
      const dialled = await telephony.dial({ leg, to: CONTACT.user as string as E164, from: callerNumber as E164, ringTimeoutMs: RING_MS });
      return dialled.ok ? ok("") : dialled;
    },
  };
}

/** Every call that waits for the contact is taken at once, by an agent of its own: an agent has one call at a time. */
function connectToContact(calls: CallService, agents: { readonly take: () => UserId | null; readonly free: (agent: UserId) => void }, log: Log): void {
  const toContact = new Set(benchUsers.filter(({ does }) => does === "contact").map(({ number }) => number));
  const connected = new Set<CallId>();
  calls.onChanged((change) => {
    if (change.type === "left") agents.free(change.userId);
    if (change.type === "ended") connected.delete(change.callId);
    if (change.type !== "waiting" || !toContact.has(change.call.supportNumber)) return;
    const { callId, from } = change.call;
    // A waiting call is told again when its customer is known.
    if (connected.has(callId)) return;
    connected.add(callId);
    const agent = agents.take();
    if (agent === null) return log.error({}, "more calls at once than the bench profile has agents");
    void calls.accept(callId, { userId: agent, name: CONTACT.user }, newId<OfferId>(), null)
      .then((accepted) => (accepted.ok ? calls.connectAudio(callId, agent, from ?? "anonymous") : accepted))
      .then((called) => {
        if (called.ok) return;
        agents.free(agent);
        log.warn({ call: callId, error: called.error.type }, "the contact was not called");
      });
  });
}
