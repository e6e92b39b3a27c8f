import type { Command, CommandError } from "@ringdesk/contract/switch";
import { err, type Result } from "@ringdesk/std";

/** Answers that are remembered by command id, so that a repeated command is answered and not carried out again. */
export const MAX_REMEMBERED_ANSWERS = 5_000;
/** A command that takes longer is answered `failed`, and the next one for its leg begins. */
export const COMMAND_LIMIT_MS = 10_000;

/** What a command answers beyond "done". */
export type Outcome = Result<{ readonly sdp?: string }, CommandError>;
/** Carries out one command. Returns a value, not a promise, wherever nothing is to be waited for. */
export type CarryOut = (command: Command) => Outcome | Promise<Outcome>;

export type CommandRunner = {
  /** `answer` is called exactly once, unless the same command is still under way: then its first caller's is. */
  readonly run: (id: string, command: Command, answer: (outcome: Outcome) => void) => void;
  readonly underWay: () => number;
};

export type CommandRunnerOptions = {
  readonly carryOut: CarryOut;
  readonly onBug: (error: unknown) => void;
  /** Calls `run` after `ms`; the value cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly maxRemembered?: number;
};

/**
 * Carries out commands: those about the same leg, bridge or recording strictly one after the other, others side by side,
 * and each id once.
 */
export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  const remembered = new Map<string, Outcome>();
  const waiting = new Set<string>();
  const tails = new Map<string, Promise<void>>();
  const remember = (id: string, outcome: Outcome): void => {
    remembered.set(id, outcome);
    const oldest = remembered.keys().next();
    if (remembered.size > (options.maxRemembered ?? MAX_REMEMBERED_ANSWERS) && oldest.done !== true) remembered.delete(oldest.value);
  };
  const finish = (id: string, outcome: Outcome, answer: (outcome: Outcome) => void): void => {
    waiting.delete(id);
    remember(id, outcome);
    answer(outcome);
  };
  return {
    underWay: () => waiting.size,
    run: (id, command, answer) => {
      const known = remembered.get(id);
      if (known !== undefined) return answer(known);
      if (waiting.has(id)) return;
      waiting.add(id);
      const keys = keysOf(command);
      const before = keys.flatMap((key) => tails.get(key) ?? []);
      const outcome = before.length === 0 ? attempt(command, options) : Promise.all(before).then(() => attempt(command, options));
      if (!(outcome instanceof Promise)) return finish(id, outcome, answer);
      const tail = outcome.then((value) => finish(id, value, answer)).finally(() => {
        for (const key of keys) if (tails.get(key) === tail) tails.delete(key);
      });
      for (const key of keys) tails.set(key, tail);
    },
  };
}

/** Never rejects: a bug fails this command only. */
function attempt(command: Command, { carryOut, onBug, after }: CommandRunnerOptions): Outcome | Promise<Outcome> {
  const failed = (error: unknown): Outcome => {
    onBug(error);
    return err({ type: "failed", detail: "the switch could not carry this out" });
  };
  try {
    const outcome = carryOut(command);
    if (!(outcome instanceof Promise)) return outcome;
    return new Promise((resolve) => {
      const cancel = after(COMMAND_LIMIT_MS, () => resolve(err({ type: "failed", detail: `not done after ${COMMAND_LIMIT_MS} ms` })));
      outcome.catch(failed).then(resolve).finally(cancel);
    });
  } catch (error) {
    return failed(error);
  }
}

/** What a command is about: commands that share a key keep their order. */
export function keysOf(command: Command): readonly string[] {
  const leg = (id: string): string => `leg ${id}`;
  switch (command.do) {
    case "trunks.set": return ["trunks"];
    case "phones.set": return ["phones"];
    case "snapshot": return [];
    case "leg.ring": case "leg.progress": case "leg.answer": case "leg.reject": case "leg.dial": case "leg.connect-browser":
    case "leg.hangup": case "leg.hold": case "leg.play": case "leg.stop-play": case "leg.levels": case "leg.send-dtmf":
      return [leg(command.leg)];
    case "bridge.set": return [`bridge ${command.bridge}`, ...command.legs.map(leg)];
    case "bridge.close": return [`bridge ${command.bridge}`];
    case "recording.start": case "recording.legs":
      return [`recording ${command.recording}`, leg(command.left), leg(command.right)];
    case "recording.pause": case "recording.resume": case "recording.stop":
      return [`recording ${command.recording}`];
  }
}
