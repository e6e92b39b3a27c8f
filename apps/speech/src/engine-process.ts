import { fork, type ChildProcess } from "node:child_process";
import type { SoundFault } from "@ringdesk/contract/speech";

/** Text to be spoken, or a sound to be converted. */
export type EngineTask = { readonly text: string; readonly outPath: string } | { readonly inPath: string; readonly outPath: string };
/** What the child sends back; `detail` is for the log, or says more about the fault of an uploaded sound. */
export type EngineAnswer = { readonly ok: true; readonly durationMs: number } | { readonly ok: false; readonly detail: string; readonly fault?: SoundFault };
export type EngineOutcome = EngineAnswer | { readonly ok: false; readonly detail: "timed-out"; readonly fault?: SoundFault };

export type EngineProcess = {
  /** One task at a time; the caller queues. Never rejects. */
  readonly perform: (task: EngineTask) => Promise<EngineOutcome>;
  readonly stop: () => void;
};

export type EngineLimits = { readonly taskTimeoutMs: number; /** 0: a process for each task. */ readonly idleTimeoutMs: number };
export const ENGINE_LIMITS: EngineLimits = { taskTimeoutMs: 30_000, idleTimeoutMs: 60_000 };
/** The longest sound takes three seconds; one that takes longer than this was made to. */
export const SOUND_LIMITS: EngineLimits = { taskTimeoutMs: 10_000, idleTimeoutMs: 0 };

/** A child process for tasks: started for a task, kept while there are more, ended when idle, killed when it hangs. */
export function createEngineProcess(program: string, limits: EngineLimits): EngineProcess {
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;

  function stop(): void {
    clearTimeout(idle);
    child?.kill("SIGKILL"); // it holds nothing: files appear by rename
    child = null;
  }

  function running(): ChildProcess {
    if (child !== null) return child;
    const mine = fork(program, [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    mine.once("exit", () => { if (child === mine) child = null; });
    child = mine;
    return mine;
  }

  return {
    perform: (task) => {
      clearTimeout(idle);
      const engine = running();
      return new Promise((resolve) => {
        const finish = (outcome: EngineOutcome): void => {
          clearTimeout(late);
          engine.off("message", onAnswer).off("exit", onExit).off("error", onError);
          if (limits.idleTimeoutMs === 0) stop();
          else if (child !== null) idle = setTimeout(stop, limits.idleTimeoutMs);
          resolve(outcome);
        };
        const onAnswer = (message: unknown): void => finish(message as EngineAnswer);
        const onExit = (code: number | null, signal: string | null): void => finish({ ok: false, detail: `the engine ended (${signal ?? code ?? 0})` });
        const onError = (error: Error): void => finish({ ok: false, detail: error.message });
        const late = setTimeout(() => {
          stop();
          finish({ ok: false, detail: "timed-out" });
        }, limits.taskTimeoutMs);
        engine.on("message", onAnswer).on("exit", onExit).on("error", onError);
        engine.send(task, (error) => { if (error !== null) finish({ ok: false, detail: error.message }); });
      });
    },
    stop,
  };
}
