import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config } from "@ringdesk/contract/config";
import type { SwitchEvent } from "@ringdesk/contract/switch";
import { err, ok, type LegId, type Millis, type Result } from "@ringdesk/std";
import type { Logger } from "pino";
import { createControlServer, type ControlServer } from "./control/control-server.ts";
import { createEventLog } from "./control/event-log.ts";
import { createLegRegistry } from "./leg-registry.ts";
import { createLoadWatch, type LoadWatch } from "./load/load-watch.ts";
import { createMediaPlane } from "./media-plane.ts";
import type { MediaPlane } from "./media-plane.types.ts";
import { createTrunkSide } from "./trunk/trunk-side.ts";
import type { TrunkSide, TrunkTls } from "./trunk/trunk.types.ts";

/** Farewells (BYE, CANCEL) are given this long to be answered, and recordings to be completed, when the switch stops. */
export const STOP_LIMIT_MS = 5_000;

export type RunningSwitch = {
  /** Ends every leg, completes the recordings, closes all sockets. */
  readonly stop: () => Promise<void>;
  readonly sipPort: number;
  readonly epoch: string;
};
/** Why the switch cannot start, in words for the terminal. */
export type StartFailed = { readonly type: "start-failed"; readonly detail: string };

/** The instant of records, by the wall clock. */
const wallNow = (): Millis => Date.now() as Millis;
/** What timers go by: a wall clock that is set would fire or hold back all of them. */
const monotonicNow = (): Millis => Math.floor(performance.now()) as Millis;

/** The whole switch: media, signalling, legs and the control socket, joined. */
export async function startSwitch(config: Config, log: Logger): Promise<Result<RunningSwitch, StartFailed>> {
  const epoch = randomUUID();
  const events = createEventLog();
  let control: ControlServer | null = null;
  const parts: { trunk?: TrunkSide; media?: MediaPlane } = {};
  // Before the control socket is open, events of repaired recordings wait in the log.
  const emit = (event: SwitchEvent): void => (control === null ? void events.append(event, wallNow()) : control.emit(event));
  const load = watchLoad(emit, log);
  const legs = createLegRegistry({
    trunk: () => required(parts.trunk), media: () => required(parts.media),
    advertised: config.address, now: monotonicNow, log, emit,
  });
  const failed = async (detail: string): Promise<Result<RunningSwitch, StartFailed>> => {
    load.stop();
    legs.close();
    await parts.trunk?.close();
    await parts.media?.close();
    return err({ type: "start-failed", detail });
  };

  const media = await createMediaPlane({
    address: config.address, bindAddress: config.bind, rtpPorts: config.rtpPorts, webrtcPort: config.webrtcPort,
    mediaFolder: join(resolve(config.dataFolder), "media"), onEvent: legs.onMedia, log,
  });
  if (!media.ok) return failed(`audio: ${media.error.type}`);
  parts.media = media.value;
  const tls = await readTls(config);
  if (!tls.ok) return failed(tls.error.detail);
  const trunk = await createTrunkSide({
    tls: tls.value,
    address: config.bind, port: config.sipPort, advertised: config.address,
    trunks: legs.trunks, phones: legs.phones, acceptingCalls: () => control?.connected() ?? false, isOverloaded: load.isOverloaded,
    newLegId: () => randomUUID() as string as LegId,
    events: legs.trunkEvents, now: monotonicNow, log,
  });
  if (!trunk.ok) return failed(`SIP: ${JSON.stringify(trunk.error)}`);
  parts.trunk = trunk.value;
  const runFolder = resolve(config.runFolder);
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  const opened = await createControlServer({
    socketPath: join(runFolder, "switch.sock"), epoch, startedAt: wallNow(), now: wallNow, events, log,
    carryOut: legs.carryOut, snapshot: () => ({ ...legs.snapshot(), load: load.state() }), quality: legs.quality,
    levels: media.value.levels.read, serverChanged: media.value.levels.forget,
  });
  if (!opened.ok) return failed(`control socket ${opened.error.path}: ${opened.error.detail}`);
  control = opened.value;
  return ok({
    epoch,
    sipPort: trunk.value.port,
    stop: async () => {
      load.stop();
      legs.endAll();
      legs.close();
      // Recordings are completed first: their events can still reach a connected server.
      await media.value.close();
      await trunk.value.close();
      await opened.value.close();
    },
  });
}

function watchLoad(emit: (event: SwitchEvent) => void, log: Logger): LoadWatch {
  return createLoadWatch({
    changed: (load) => {
      if (load.state === "overloaded") log.warn({ lateMs: load.lateMs }, "the switch is overloaded: new calls are refused");
      else log.info({}, "the switch takes new calls again");
      emit({ type: "switch.load", ...load });
    },
  });
}

/** The certificate of this machine and the authority of the carrier, out of their files. */
async function readTls({ tls, sipsPort, trunk }: Config): Promise<Result<TrunkTls, StartFailed>> {
  const read = (path: string): Promise<string> => readFile(path, "utf8");
  try {
    const certificate = tls === null ? null : { cert: await read(tls.certFile), key: await read(tls.keyFile) };
    const file = trunk?.authorityFile ?? null;
    return ok({ port: sipsPort, certificate, authority: file === null ? null : await read(file) });
  } catch (error) {
    return err({ type: "start-failed", detail: `certificates: ${String(error)}` });
  }
}

function required<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("the switch is not joined yet");
  return part;
}
