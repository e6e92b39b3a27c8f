import type { Millis, Step } from "@ringdesk/std";
import type { Clock } from "./clock.ports.ts";

/** A pure business machine, as the actor drives it. */
export interface Machine<S, E, F> {
  readonly step: (state: S, event: E) => Step<S, F>;
  /** When the machine next wants to be woken; null: only by an event. */
  readonly deadline: (state: S) => Millis | null;
  /** The event that wakes it. */
  readonly wake: (now: Millis) => E;
}

/** What one event did: the state before and after, and what is to be done now. */
export interface Transition<S, F> {
  readonly before: S;
  readonly after: S;
  readonly effects: readonly F[];
}

export interface ActorDeps<S, E, F> {
  /**
   * Stores the facts that follow from this event; resolves when they are durable. Nothing of the transition has happened
   * until then. A rejection ends the actor. Not called for events that changed nothing and cause nothing.
   */
  readonly append: (event: E, transition: Transition<S, F>) => Promise<void>;
  /** Performs one effect. Effects start in order and are not awaited; an outcome comes back as an event. */
  readonly perform: (effect: F) => Promise<E | null>;
  readonly clock: Clock;
  /** A bug or a lost log. Called at most once; the owner ends this one call, never the process. */
  readonly died: (error: unknown) => void;
  /** Called after every change of state. */
  readonly changed?: (after: S, before: S) => void;
}

export interface Actor<S, E> {
  /** Puts an event into the mailbox. Resolves when its facts are durable and the state has changed; false when the actor is dead or stopped. Never rejects. */
  readonly send: (event: E) => Promise<boolean>;
  readonly state: () => S;
  /** Replays events without appending or performing anything. Only before the first `send`. */
  readonly restore: (events: Iterable<E>) => void;
  /** Disarms the timer and takes no more events. */
  readonly stop: () => void;
  /** Resolves when the mailbox is empty. */
  readonly idle: () => Promise<void>;
}
