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
  let child: ChildProcess | null = null;
  let details: ServiceDetails = {};
  let ended = "it did not run";
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
      case "spawn": return void launch();
      case "signal-stop": return signalStop();
      case "report": return tell(effect.what);
    }
  }

  function tell(what: Extract<RestartEffect, { do: "report" }>["what"]): void {
    switch (what) {
      case "up":
        report({ what: "up", again: restarts > 0, afterMs: now() - startedAt });
        return started.resolve(ok(details));
      case "ended":
        restarts++;
        return report({ what: "ended", how: ended });
      case "failed-at-first-start": return started.resolve(err({ type: "start-failed", service: spec.name, reason: ended }));
      case "stopped":
        started.resolve(err({ type: "start-failed", service: spec.name, reason: "it was stopped" }));
        return stopped.resolve();
    }
  }

  async function launch(): Promise<void> {
    startedAt = now();
    const obstacle = await spec.prepare();
    if (obstacle !== null || state.kind === "stopping") {
      ended = obstacle ?? "it was stopped";
      return handle({ type: "child.ended", now: now() });
    }
    const mine = spec.spawn();
    child = mine;
    remember(mine);
    const late = setTimeout(() => mine.kill("SIGKILL"), spec.readyTimeoutMs);
    mine.once("error", (error) => onGone(error.message));
    mine.once("exit", (code, signal) => onGone(signal === null ? `exit code ${code ?? 0}` : signal));
    function onGone(how: string): void {
      clearTimeout(late);
      if (child !== mine) return; // "error" and "exit" may both come
      child = null;
      ended = how;
      removeRecord(pidFile);
      handle({ type: "child.ended", now: now() });
    }
    details = await spec.whenReady(mine);
    clearTimeout(late);
    if (child === mine) handle({ type: "child.ready", now: now() });
  }

  function remember(mine: ChildProcess): void {
    const facts = mine.pid === undefined ? null : readProcess(mine.pid);
    if (facts === null) return;
    writeRecord(pidFile, { pid: facts.pid, startTicks: facts.startTicks, bootId: readBootId(), program: spec.program, stopSignal: spec.stopSignal });
  }

  function signalStop(): void {
    const mine = child;
    mine?.kill(spec.stopSignal);
    const patience = setTimeout(() => mine?.kill("SIGKILL"), spec.stopTimeoutMs);
    void stopped.promise.then(() => clearTimeout(patience));
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
    force: () => void child?.kill("SIGKILL"),
  };
}

type Deferred<T> = { readonly promise: Promise<T>; readonly resolve: (value: T) => void };

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => { resolve = done; });
  return { promise, resolve };
}
