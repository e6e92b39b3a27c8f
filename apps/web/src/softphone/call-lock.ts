// Which tab has the call (CALL-11): a Web Lock that ends with the tab, whatever ends it.

const LOCK = "ringdesk-call";

export interface CallLock {
  /** `steal` takes it from another tab, which is then told that it lost it. */
  readonly take: (steal: boolean) => void;
  readonly release: () => void;
}

/** A page outside a secure context has neither locks nor a microphone; there the lock is simply granted. */
export function createCallLock(tell: (what: "granted" | "refused" | "lost") => void): CallLock {
  let turn = 0;
  let letGo: (() => void) | null = null;

  function hold(mine: number, lock: Lock | null): Promise<void> | undefined {
    if (mine !== turn) return undefined;
    if (lock === null) { tell("refused"); return undefined; }
    return new Promise((resolve) => {
      letGo = resolve;
      tell("granted");
    });
  }
  return {
    take: (steal) => {
      turn += 1;
      const mine = turn;
      letGo?.();
      letGo = null;
      if (!("locks" in navigator)) { queueMicrotask(() => { if (mine === turn) tell("granted"); }); return; }
      navigator.locks.request(LOCK, steal ? { steal: true } : { ifAvailable: true }, (lock) => hold(mine, lock))
        .catch(() => { if (mine === turn) tell("lost"); });
    },
    release: () => {
      turn += 1;
      letGo?.();
      letGo = null;
    },
  };
}
