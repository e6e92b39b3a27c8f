import type { CommandError, CommandInput, ServerFrame, Snapshot } from "@ringdesk/contract/switch";
import { addMs, err, ok, type LegId, type Result } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import { refusalOf } from "./switch-words.rules.ts";
import type { TelephonyError } from "./telephony.errors.ts";

/** A command that is not answered by then has failed, also when the connection was lost in between. */
export const COMMAND_TIMEOUT_MS = 5_000;
/** Commands that wait for an answer at once; beyond that the switch counts as away. */
export const MAX_WAITING_COMMANDS = 10_000;

export type Answer = { readonly sdp?: string | undefined; readonly snapshot?: Snapshot | undefined };

/** The commands that are not answered yet. */
export type CommandBook = {
  readonly ask: (command: CommandInput) => Promise<Result<Answer, TelephonyError>>;
  readonly done: (id: string, answer: Answer) => void;
  readonly refused: (id: string, error: CommandError) => void;
  /**
   * A connection to the switch is there. Commands given to the same life of the switch are sent again, in order: it knows
   * those that it carried out by their ids. Those given to an earlier life fail.
   */
  readonly joined: (epoch: string) => void;
  readonly lost: () => void;
  /** Legs that a waiting command is about. */
  readonly legs: () => ReadonlySet<LegId>;
};

export type CommandBookOptions = {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly send: (frame: ServerFrame) => void;
};

type Waiting = {
  readonly id: string;
  readonly command: CommandInput;
  readonly epoch: string;
  readonly settle: (result: Result<Answer, TelephonyError>) => void;
};

export function createCommandBook({ clock, newId, send }: CommandBookOptions): CommandBook {
  const waiting = new Map<string, Waiting>();
  let epoch: string | null = null;
  let connected = false;
  const sendOut = ({ id, command }: Waiting): void => send({ frame: "command", id, command } as ServerFrame);
  return {
    ask: (command) => {
      const given = epoch;
      if (given === null || waiting.size >= MAX_WAITING_COMMANDS) return Promise.resolve(err({ type: "switch-away" }));
      return new Promise((resolve) => {
        const id = newId();
        const stopTimer = clock.at(addMs(clock.now(), COMMAND_TIMEOUT_MS), () => entry.settle(err({ type: "switch-silent", waitedMs: COMMAND_TIMEOUT_MS })));
        const entry: Waiting = {
          id, command, epoch: given,
          settle: (result) => {
            stopTimer();
            if (waiting.delete(id)) resolve(result);
          },
        };
        waiting.set(id, entry);
        if (connected) sendOut(entry);
      });
    },
    done: (id, answer) => waiting.get(id)?.settle(ok(answer)),
    refused: (id, error) => waiting.get(id)?.settle(err(refusalOf(error))),
    joined: (now) => {
      epoch = now;
      connected = true;
      for (const entry of waiting.values()) {
        if (entry.epoch === now) sendOut(entry);
        else entry.settle(err({ type: "switch-away" }));
      }
    },
    lost: () => { connected = false; },
    legs: () => new Set([...waiting.values()].flatMap(({ command }) => ("leg" in command ? [command.leg as LegId] : []))),
  };
}
