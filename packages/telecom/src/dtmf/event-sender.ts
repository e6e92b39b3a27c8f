import { putU16 } from "../rtp/index.ts";
import { eventOfKey } from "./keys.ts";

export const EVENT_BYTES = 4;
/** How long each key is held down, and the pause after it. Both are well over what ITU-T Q.24 asks receivers to notice. */
export const KEY_MS = 160;
export const KEY_GAP_MS = 80;
export const MAX_QUEUED_KEYS = 64;

const FRAME_MS = 20;
const FRAME_UNITS = 160;
const END_BIT = 0x80;
/** −10 dBm0, what phones send. */
const VOLUME = 10;
const KEY_FRAMES = KEY_MS / FRAME_MS;
const GAP_FRAMES = KEY_GAP_MS / FRAME_MS;
/** The last packet of an event is sent three times (RFC 4733 §2.5.1.4). */
const END_COPIES = 3;

/** What to send in this 20 ms frame: `first` asks for a new event timestamp before the packets. */
export type EventFrame = { readonly kind: "event"; readonly key: string; readonly first: boolean; readonly packets: number } | { readonly kind: "gap" } | { readonly kind: "idle" };

const GAP = { kind: "gap" } as const;
const IDLE = { kind: "idle" } as const;

/** Paces queued keys as telephone-events, one step per 20 ms frame. */
export class EventSender {
  #queue: string[] = [];
  #frame = 0;

  get idle(): boolean { return this.#queue.length === 0; }

  /** Adds keys. False, adding none, when one is not a key or {@link MAX_QUEUED_KEYS} would be exceeded. */
  queue(keys: string): boolean {
    if (this.#queue.length + keys.length > MAX_QUEUED_KEYS) return false;
    for (const key of keys) if (eventOfKey(key) === null) return false;
    this.#queue.push(...keys);
    return true;
  }

  /**
   * Moves on by one frame and, when a key is down, writes the payload at `packet[at]`. The same payload is sent
   * `packets` times in this frame: once, or three times at the end of the key.
   */
  next(packet: Uint8Array, at: number): EventFrame {
    const key = this.#queue[0];
    if (key === undefined) return IDLE;
    const frame = this.#frame;
    this.#frame += 1;
    if (frame >= KEY_FRAMES) {
      if (this.#frame === KEY_FRAMES + GAP_FRAMES) {
        this.#queue.shift();
        this.#frame = 0;
      }
      return GAP;
    }
    const last = frame === KEY_FRAMES - 1;
    packet[at] = eventOfKey(key) ?? 0;
    packet[at + 1] = (last ? END_BIT : 0) | VOLUME;
    putU16(packet, at + 2, (frame + 1) * FRAME_UNITS);
    return { kind: "event", key, first: frame === 0, packets: last ? END_COPIES : 1 };
  }
}
