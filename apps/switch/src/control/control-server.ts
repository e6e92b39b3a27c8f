import { chmod, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import type { LegQuality, Snapshot, SwitchEvent } from "@ringdesk/contract/switch";
import { LEVELS_INTERVAL_MS, QUALITY_INTERVAL_MS, type SwitchFrame } from "@ringdesk/contract/switch";
import { err, ok, type LegId, type Millis, type Result } from "@ringdesk/std";
import { createCommandRunner, type CarryOut, type Outcome } from "./command-runner.ts";
import { openSession, type ControlLog, type ControlSession } from "./control-session.ts";
import type { EventLog } from "./event-log.ts";

/** Connections that may be open at once: the server's, its successor's, and a little more. */
const MAX_CONNECTIONS = 8;

export type ControlServer = {
  /** Appends an event to the log and sends it at once when a server is connected. */
  readonly emit: (event: SwitchEvent) => void;
  /** True while a server that said hello is connected. */
  readonly connected: () => boolean;
  readonly close: () => Promise<void>;
};

export type ControlServerOptions = {
  readonly socketPath: string;
  /** Name of this life of the switch; never used twice. */
  readonly epoch: string;
  readonly startedAt: Millis;
  /** The wall clock: when events happened. */
  readonly now: () => Millis;
  readonly events: EventLog;
  readonly carryOut: CarryOut;
  readonly snapshot: () => Omit<Snapshot, "seq">;
  readonly quality: () => readonly { readonly leg: LegId; readonly quality: LegQuality }[];
  /** Levels of the legs that the server asked for, since the last call. */
  readonly levels: () => Extract<SwitchFrame, { frame: "levels" }>["legs"];
  /** Another server is connected than before, or none: what the last one asked to be told concerns nobody. */
  readonly serverChanged: () => void;
  readonly log: ControlLog & { readonly error: (fields: object, message: string) => void };
};

export type SocketRefused = { readonly type: "socket-in-use" | "socket-failed"; readonly path: string; readonly detail: string };

/**
 * Serves the control protocol on a Unix socket, to one server at a time: a new hello takes over. The file of a switch that
 * was killed is removed; that of one which still listens is refused.
 */
export async function createControlServer(options: ControlServerOptions): Promise<Result<ControlServer, SocketRefused>> {
  const { events, log, socketPath } = options;
  let current: ControlSession | null = null;
  const open = new Set<ControlSession>();
  const runner = createCommandRunner({
    carryOut: options.carryOut,
    onBug: (error) => log.error({ err: error }, "a command failed by a bug"),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
  const answer = (id: string, outcome: Outcome): void => current?.answer(id, outcome);
  const server = createServer((socket) => {
    open.add(openSession({
      socket, events, runner, answer, log,
      epoch: options.epoch, startedAt: options.startedAt, snapshot: options.snapshot,
      onHello: (session) => {
        log.info({ takesOver: current !== null, kept: events.kept() }, "a server is connected");
        current?.close();
        current = session;
        options.serverChanged();
      },
      onClosed: (session) => {
        open.delete(session);
        if (current !== session) return;
        current = null;
        options.serverChanged();
        // Also so whenever everything is stopped, the server first: that it died is the launcher's to say.
        log.info({}, "the server is gone; calls go on without it");
      },
    }));
  });
  server.maxConnections = MAX_CONNECTIONS;
  const listening = await listen(server, socketPath);
  if (!listening.ok) return listening;
  const qualityTimer = setInterval(() => {
    if (current === null) return;
    const legs = options.quality();
    if (legs.length > 0) current.sendNow({ frame: "quality", at: options.now(), legs: [...legs] });
  }, QUALITY_INTERVAL_MS);
  const levelsTimer = setInterval(() => {
    const legs = options.levels();
    if (legs.length > 0) current?.sendNow({ frame: "levels", legs });
  }, LEVELS_INTERVAL_MS);
  return ok({
    emit: (event) => {
      events.append(event, options.now());
      current?.wake();
    },
    connected: () => current !== null,
    close: async () => {
      clearInterval(qualityTimer);
      clearInterval(levelsTimer);
      for (const session of open) session.close();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  });
}

async function listen(server: Server, path: string): Promise<Result<void, SocketRefused>> {
  const first = await tryListen(server, path);
  if (first === null) return secured(path);
  if (first.code !== "EADDRINUSE") return err({ type: "socket-failed", path, detail: first.message });
  if (await somebodyListens(path)) return err({ type: "socket-in-use", path, detail: "another switch listens there" });
  await unlink(path).catch(() => undefined);
  const second = await tryListen(server, path);
  return second === null ? secured(path) : err({ type: "socket-failed", path, detail: second.message });
}

function tryListen(server: Server, path: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once("error", failed);
    server.listen(path, () => {
      server.off("error", failed);
      resolve(null);
    });
  });
}

async function secured(path: string): Promise<Result<void, SocketRefused>> {
  try {
    await chmod(path, 0o600);
    return ok(undefined);
  } catch (error) {
    return err({ type: "socket-failed", path, detail: String(error) });
  }
}

function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
