import type { ChildProcess } from "node:child_process";
import { err, ok, type Millis, type Result } from "@ringdesk/std";
import { readBootId, readProcess } from "./proc.ts";
import { removeRecord, writeRecord } from "./process-record.ts";
import { restartDeadline, stepRestart, type RestartEffect, type RestartEvent, type RestartState } from "./restart.machine.ts";

/** What a service says when it serves, e.g. the number to call. */
export type ServiceDetails = Readonly<Record<string, string>>;
export type StartFailed = { readonly type: "start-failed"; readonly service: string; readonly reason: string };

/** One process to keep running. */
export type ServiceSpec = {
  readonly name: string;
  /** A part of its command line, by which a later launcher knows it again. */
  readonly program: string;
  readonly stopSignal: "SIGTERM" | "SIGINT";
  readonly stopTimeoutMs: number;
  readonly readyTimeoutMs: number;
  /** Before every start, e.g. to clear what a crash left. Answers why it cannot start, or null. */
  readonly prepare: () => Promise<string | null>;
  readonly spawn: () => ChildProcess;
  /** Resolves when the process serves. Never rejects; may stay pending when the process ends. */
  readonly whenReady: (child: ChildProcess) => Promise<ServiceDetails>;
};

/** What the service tells about itself while it runs. */
export type ServiceReport =
  | { readonly what: "up"; readonly again: boolean; readonly afterMs: number }
  | { readonly what: "ended"; readonly how: string };

export type Service = {
  readonly name: string;
  /** Resolves with the first readiness, or with the reason of a failed first start. */
  readonly start: () => Promise<Result<ServiceDetails, StartFailed>>;
  /** Asks it to end, kills it after its timeout, resolves when it is gone. Safe to call in any state. */
  readonly stop: () => Promise<void>;
  /** kill -9, for a second signal of an impatient operator. */
  readonly force: () => void;
};

/** A supervised process: started once, restarted whenever it ends, until `stop`. `pidFile` lets a later launcher find it. */
export function createService(spec: ServiceSpec, pidFile: string, report: (report: ServiceReport) => void): Service {
  let state: RestartState = { kind: "idle" };
  let run: Run | null = null;
  let last: { readonly details: ServiceDetails; readonly ended: string } = { details: {}, ended: "it did not run" };
  let startedAt = 0;
  let restarts = 0;
  let timer: NodeJS.Timeout | undefined;
  const started = deferred<Result<ServiceDetails, StartFailed>>();
  const stopped = deferred<void>();
  const now = (): Millis => Date.now() as Millis;

  function handle(event: RestartEvent): void {
    const next = stepRestart(state, event);
    state = next.state;
    clearTimeout(timer);
    const deadline = restartDeadline(state);
    if (deadline !== null) timer = setTimeout(() => handle({ type: "clock.reached", now: now() }), Math.max(0, deadline - now()));
    for (const effect of next.effects) perform(effect);
  }

  function perform(effect: RestartEffect): void {
    switch (effect.do) {
      case "spawn":
        startedAt = now();
        run = runOnce(spec, pidFile, (details) => {
          last = { ...last, details };
          handle({ type: "child.ready", now: now() });
        }, (ended) => {
          last = { ...last, ended };
          handle({ type: "child.ended", now: now() });
        });
        return;
      case "signal-stop": return run?.stop();
      case "report": return tell(effect.what);
    }
  }

  function tell(what: Extract<RestartEffect, { do: "report" }>["what"]): void {
    switch (what) {
      case "up":
        report({ what: "up", again: restarts > 0, afterMs: now() - startedAt });
        return started.resolve(ok(last.details));
      case "ended":
        restarts++;
        return report({ what: "ended", how: last.ended });
      case "failed-at-first-start": return started.resolve(err({ type: "start-failed", service: spec.name, reason: last.ended }));
      case "stopped":
        started.resolve(err({ type: "start-failed", service: spec.name, reason: "it was stopped" }));
        return stopped.resolve();
    }
  }

  return {
    name: spec.name,
    start: () => {
      handle({ type: "start.wanted" });
      return started.promise;
    },
    stop: () => {
      if (state.kind === "failed") return Promise.resolve();
      handle({ type: "stop.wanted" });
      return stopped.promise;
    },
    force: () => run?.kill(),
  };
}

/** One life of the process: prepared, spawned, ready, ended. */
type Run = { readonly stop: () => void; readonly kill: () => void };

/** `onEnded` is called exactly once, `onReady` at most once and never after it. */
function runOnce(spec: ServiceSpec, pidFile: string, onReady: (details: ServiceDetails) => void, onEnded: (how: string) => void): Run {
  let child: ChildProcess | null = null;
  let stopping = false;
  let over = false;
  let patience: NodeJS.Timeout | undefined;

  function end(how: string): void {
    if (over) return; // "error" and "exit" may both come
    over = true;
    clearTimeout(patience);
    removeRecord(pidFile);
    onEnded(how);
  }

  async function live(): Promise<void> {
    const obstacle = await spec.prepare();
    if (obstacle !== null || stopping) return end(obstacle ?? "it was stopped");
    child = spec.spawn();
    patience = setTimeout(() => child?.kill("SIGKILL"), spec.readyTimeoutMs);
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal === null ? `exit code ${code ?? 0}` : signal));
    remember(spec, child, pidFile);
    const details = await spec.whenReady(child);
    if (over || stopping) return;
    clearTimeout(patience);
    onReady(details);
  }

  live().catch((error: unknown) => {
    child?.kill("SIGKILL");
    end(error instanceof Error ? error.message : String(error));
  });
  return {
    stop: () => {
      stopping = true;
      clearTimeout(patience);
      patience = setTimeout(() => child?.kill("SIGKILL"), spec.stopTimeoutMs);
      child?.kill(spec.stopSignal);
    },
    kill: () => void child?.kill("SIGKILL"),
  };
}

function remember(spec: ServiceSpec, child: ChildProcess, pidFile: string): void {
  const facts = child.pid === undefined ? null : readProcess(child.pid);
  if (facts === null) return;
  writeRecord(pidFile, { pid: facts.pid, startTicks: facts.startTicks, bootId: readBootId(), program: spec.program, stopSignal: spec.stopSignal });
}

type Deferred<T> = { readonly promise: Promise<T>; readonly resolve: (value: T) => void };

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => { resolve = done; });
  return { promise, resolve };
}
