import { addMs } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { Socket } from "./socket-index.ts";

/** So many sockets at a time, so often. */
export interface Pace { readonly sockets: number; readonly everyMs: number }

export interface Turns<T> {
  /** Whoever has not had their turn yet keeps it, and is told the latest. */
  readonly tell: (sockets: Iterable<Socket>, news: T) => void;
  readonly stop: () => void;
}

/** Tells many sockets the same by turns, the first at once: a thousand in a row would hold up whatever else is due. */
export function createTurns<T>(clock: Clock, pace: Pace, send: (socket: Socket, news: T) => void): Turns<T> {
  const untold = new Map<Socket, T>();
  let disarm: (() => void) | null = null;
  const turn = (): void => {
    disarm = null;
    let told = 0;
    for (const [socket, news] of untold) {
      untold.delete(socket);
      send(socket, news);
      told += 1;
      if (told === pace.sockets) break;
    }
    if (untold.size > 0) disarm = clock.at(addMs(clock.now(), pace.everyMs), turn);
  };
  return {
    tell: (sockets, news) => {
      for (const socket of sockets) untold.set(socket, news);
      if (disarm === null) turn();
    },
    stop: () => disarm?.(),
  };
}
