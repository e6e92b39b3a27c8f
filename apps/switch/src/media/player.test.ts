import { expect, test } from "vitest";
import { Player, type LoadedItem } from "./player.ts";

const bytes = (length: number, from: number): LoadedItem => ({ bytes: Uint8Array.from({ length }, (_, n) => (from + n) % 251), samples: length, times: 1 });
const drain = (player: Player, frames: number): number[] => {
  const out: number[] = [];
  for (let n = 0; n < frames && !player.done; n += 1) {
    const frame = new Uint8Array(160);
    player.fill(frame, 0, 160);
    out.push(...frame);
  }
  return out;
};

test("items follow each other without a gap, inside a frame too", () => {
  const reached: number[] = [];
  const player = new Player("p", [bytes(100, 0), bytes(300, 7), { bytes: null, samples: 30, times: 1 }, bytes(50, 3)], (item) => { reached.push(item); });
  const first = Array.from({ length: 100 }, (_, n) => n % 251);
  const second = Array.from({ length: 300 }, (_, n) => (7 + n) % 251);
  const last = Array.from({ length: 50 }, (_, n) => 3 + n);
  const heard = drain(player, 100);
  expect(heard.slice(0, 480)).toEqual([...first, ...second, ...Array.from({ length: 30 }, () => 0xff), ...last]);
  expect(heard.slice(480).every((byte) => byte === 0xff)).toBe(true);
  expect(reached).toEqual([0, 1, 2, 3]);
  expect(player.done).toBe(true);
});

test("an item is repeated as often as asked, and announced once", () => {
  const reached: number[] = [];
  const player = new Player("p", [{ ...bytes(160, 0), times: 3 }, bytes(160, 9)], (item) => { reached.push(item); });
  expect(drain(player, 100).length).toBe(640);
  expect(reached).toEqual([0, 1]);
});

test("forever does not end, and joins its end to its beginning", () => {
  const player = new Player("p", [{ ...bytes(250, 0), times: "forever" }], () => {});
  const heard = drain(player, 50);
  expect(heard.length).toBe(8_000);
  expect(heard.slice(248, 253)).toEqual([248, 249, 0, 1, 2]);
});
