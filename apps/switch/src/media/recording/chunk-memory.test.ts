import { expect, test } from "vitest";
import { ChunkMemory, ChunkPool } from "./chunk-memory.ts";

/** A pool, and what the other thread sees of its memory. */
function poolWithThread(): { readonly pool: ChunkPool; readonly thread: ChunkMemory; readonly pieces: SharedArrayBuffer[] } {
  const thread = new ChunkMemory();
  const pieces: SharedArrayBuffer[] = [];
  const pool = new ChunkPool((piece) => {
    pieces.push(piece);
    thread.add(piece);
  });
  return { pool, thread, pieces };
}

test("what is filled on one side is read on the other, under the same number", () => {
  const { pool, thread } = poolWithThread();
  const chunks = Array.from({ length: 600 }, () => pool.take());
  chunks.forEach((chunk, n) => chunk.bytes.fill(n % 251));
  chunks.forEach((chunk, n) => expect(new Set(thread.chunk(chunk.slot).bytes)).toEqual(new Set([n % 251])));
});

test("a chunk goes round: memory grows to what is needed at once", () => {
  const { pool, pieces } = poolWithThread();
  for (let n = 0; n < 10_000; n += 1) {
    const chunk = pool.take();
    pool.handOver(chunk);
    pool.written(chunk.slot);
  }
  expect(pieces.length).toBe(1);
});

test("no chunk is taken twice: not while the thread has it, not when it is reported twice, not after the thread died", () => {
  const { pool } = poolWithThread();
  const [held, lost] = [pool.take(), pool.take()];
  pool.handOver(lost);
  const before = Array.from({ length: 400 }, () => pool.take().slot);
  pool.takeBackAll();
  pool.written(lost.slot);
  const after = Array.from({ length: 400 }, () => pool.take().slot);
  const taken = [held.slot, ...before, ...after];
  expect(new Set(taken).size).toBe(taken.length);
  expect(after).toContain(lost.slot);
});

test("what the other thread has not written is counted, until it is written or the thread dies", () => {
  const { pool } = poolWithThread();
  const chunks = [pool.take(), pool.take(), pool.take()];
  expect(pool.waiting).toBe(0);
  for (const chunk of chunks) pool.handOver(chunk);
  pool.written(chunks[0]!.slot);
  expect(pool.waiting).toBe(2);
  pool.takeBackAll();
  expect(pool.waiting).toBe(0);
});

test("what nobody filled can be taken again, and a later thread gets all memory", () => {
  const { pool, pieces } = poolWithThread();
  const chunk = pool.take();
  pool.giveBack(chunk);
  expect(pool.take()).toBe(chunk);
  expect(pool.pieces).toEqual(pieces);
});
