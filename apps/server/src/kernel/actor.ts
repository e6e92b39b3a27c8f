// The shell around one pure machine: one mailbox, one timer, facts written before effects run.
import { Bug, invariant } from "@ringdesk/std";
import type { Actor, ActorDeps, Machine } from "./actor.ports.ts";

/** Events that may wait for one actor. More is a bug in whatever sends them. */
export const ACTOR_MAILBOX_LIMIT = 256;

/**
 * Runs `machine` from `initial`. Events are taken one at a time: the step is computed, its facts are appended, then the
 * state changes, the timer is armed and the effects are performed. The timer is armed at the first `send` or `restore`,
 * or at once when the initial state has a deadline.
 */
export function createActor<S, E, F>(machine: Machine<S, E, F>, initial: S, deps: ActorDeps<S, E, F>): Actor<S, E> {
  let state = initial;
  let waiting = 0;
  let started = false;
  let over = false;
  let disarm = (): void => {};
  let mailbox: Promise<unknown> = Promise.resolve();

  const stop = (): void => {
    over = true;
    disarm();
  };
  const die = (error: unknown): void => {
    if (over) return;
    stop();
    deps.died(error);
  };
  const arm = (): void => {
    disarm();
    disarm = (): void => {};
    const due = machine.deadline(state);
    if (due !== null && !over) disarm = deps.clock.at(due, () => void send(machine.wake(deps.clock.now())));
  };
  const perform = (effect: F): void => {
    deps.perform(effect).then((event) => (event === null ? undefined : void send(event))).catch(die);
  };
  const take = async (event: E): Promise<boolean> => {
    if (over) return false;
    const before = state;
    const { state: after, effects } = machine.step(before, event);
    if (after !== before || effects.length > 0) await deps.append(event, { before, after, effects });
    if (over) return false;
    state = after;
    arm();
    for (const effect of effects) perform(effect);
    if (after !== before) deps.changed?.(after, before);
    return true;
  };
  const send = (event: E): Promise<boolean> => {
    started = true;
    if (over) return Promise.resolve(false);
    if (waiting >= ACTOR_MAILBOX_LIMIT) {
      die(new Bug(`an actor has ${ACTOR_MAILBOX_LIMIT} events waiting`));
      return Promise.resolve(false);
    }
    waiting += 1;
    const taken = mailbox.then(() => take(event)).catch((error: unknown) => {
      die(error);
      return false;
    });
    mailbox = taken.finally(() => { waiting -= 1; });
    return taken;
  };
  const restore = (events: Iterable<E>): void => {
    invariant(!started, "an actor is restored before its first event");
    for (const event of events) state = machine.step(state, event).state;
    arm();
  };

  arm();
  return { send, restore, stop, state: () => state, idle: async () => { await mailbox; } };
}
