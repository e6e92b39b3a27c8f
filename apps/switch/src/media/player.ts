import { ULAW_SILENCE } from "@ringdesk/telecom/g711";

/** A piece of audio that is ready to be sent: µ-law bytes, or `bytes` null for silence. Never empty. */
export type LoadedItem = { readonly bytes: Uint8Array | null; readonly samples: number; readonly times: number | "forever" };

/** Plays a list without gaps, 160 bytes at a time. Pure: the paced clock asks for frames. */
export class Player {
  readonly play: string;
  readonly #items: readonly LoadedItem[];
  readonly #onReached: (item: number) => void;
  #item = 0;
  #round = 0;
  #position = 0;
  #announced = -1;

  constructor(play: string, items: readonly LoadedItem[], onReached: (item: number) => void) {
    this.play = play;
    this.#items = items;
    this.#onReached = onReached;
  }

  /** Nothing is left to send. */
  get done(): boolean { return this.#item >= this.#items.length; }

  /** Writes the next `count` µ-law bytes at `target[at]`; silence after the end of the list. */
  fill(target: Uint8Array, at: number, count: number): void {
    let written = 0;
    while (written < count) {
      const item = this.#items[this.#item];
      if (item === undefined) {
        target.fill(ULAW_SILENCE, at + written, at + count);
        return;
      }
      if (this.#announced < this.#item) {
        this.#announced = this.#item;
        this.#onReached(this.#item);
      }
      const take = Math.min(count - written, item.samples - this.#position);
      copy(item, this.#position, target, at + written, take);
      written += take;
      this.#position += take;
      if (this.#position >= item.samples) this.#nextRound(item);
    }
  }

  #nextRound(item: LoadedItem): void {
    this.#position = 0;
    this.#round += 1;
    if (item.times === "forever" || this.#round < item.times) return;
    this.#round = 0;
    this.#item += 1;
  }
}

function copy(item: LoadedItem, from: number, target: Uint8Array, at: number, count: number): void {
  if (item.bytes === null) {
    target.fill(ULAW_SILENCE, at, at + count);
    return;
  }
  for (let n = 0; n < count; n += 1) target[at + n] = item.bytes[from + n]!;
}
