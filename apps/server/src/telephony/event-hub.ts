import type { LegEvent, LegLevels, SwitchState } from "./telephony.ports.ts";

type Persisting = (event: LegEvent, persisted: () => void) => void;

export type EventHub = {
  readonly onEvent: (listen: Persisting) => () => void;
  readonly observe: (listen: (event: LegEvent) => void) => () => void;
  readonly onSwitch: (listen: (state: SwitchState) => void) => () => void;
  /** Hands the event to everybody; `done` is called once, when all that must persist it have done so. */
  readonly deliver: (event: LegEvent, done: () => void) => void;
  readonly tellSwitch: (state: SwitchState) => void;
  readonly onQuality: (listen: () => void) => () => void;
  readonly tellQuality: () => void;
  readonly onLevels: (listen: (levels: LegLevels) => void) => () => void;
  readonly tellLevels: (levels: LegLevels) => void;
};

/**
 * Who listens to the switch. A listener that throws is a bug: it is reported, and the event counts as persisted for that
 * listener, since one broken call must not hold up the events of all others.
 */
export function createEventHub(onBug: (error: unknown) => void): EventHub {
  const persisting = new Set<Persisting>();
  const observing = new Set<(event: LegEvent) => void>();
  const switchListeners = new Set<(state: SwitchState) => void>();
  const qualityListeners = new Set<() => void>();
  const levelListeners = new Set<(levels: LegLevels) => void>();
  const guarded = (run: () => void, afterBug: () => void): void => {
    try {
      run();
    } catch (error) {
      onBug(error);
      afterBug();
    }
  };
  return {
    onEvent: (listen) => added(persisting, listen),
    observe: (listen) => added(observing, listen),
    onSwitch: (listen) => added(switchListeners, listen),
    deliver: (event, done) => {
      let open = persisting.size;
      for (const listen of Array.from(persisting)) {
        let told = false;
        const persisted = (): void => {
          if (told) return;
          told = true;
          open -= 1;
          if (open === 0) done();
        };
        guarded(() => listen(event, persisted), persisted);
      }
      for (const listen of observing) guarded(() => listen(event), () => undefined);
    },
    tellSwitch: (state) => {
      for (const listen of switchListeners) guarded(() => listen(state), () => undefined);
    },
    onQuality: (listen) => added(qualityListeners, listen),
    onLevels: (listen) => added(levelListeners, listen),
    tellLevels: (levels) => {
      for (const listen of levelListeners) guarded(() => listen(levels), () => undefined);
    },
    tellQuality: () => {
      for (const listen of qualityListeners) guarded(listen, () => undefined);
    },
  };
}

function added<T>(set: Set<T>, member: T): () => void {
  set.add(member);
  return () => void set.delete(member);
}
