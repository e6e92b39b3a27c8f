import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CallId, RecordingId, UserId } from "@ringdesk/std";
import { createFactLog, type FactLogService } from "../facts/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createSystemClock, newId } from "../kernel/index.ts";
import type { SignedInContext } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import type { Recordings } from "./index.ts";
import { wavFile } from "./wav.fake.ts";
import { createRecordings, recordingAudioRoute, recordingsProjection } from "./wiring.ts";

const log = pino({ level: "silent" });
const clock = createFakeClock();
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let facts: FactLogService;
let media: string;
let recordings: Recordings;
beforeAll(async () => {
  database = await migratedDatabase();
  facts = await createFactLog({
    db: database.db, journalFolder: await mkdtemp(join(tmpdir(), "rd-recordings-")), projections: [recordingsProjection], clock: createSystemClock(), log, alarm: () => undefined,
  });
  media = await mkdtemp(join(tmpdir(), "rd-media-"));
  await mkdir(join(media, "recordings"));
  recordings = createRecordings({ db: database.db, media });
});
afterAll(async () => {
  await facts.close();
  await database.close();
});

type Happening = readonly [type: string, data: Record<string, unknown>];
async function call(...happenings: readonly Happening[]): Promise<CallId> {
  const id = newId<CallId>();
  for (const [type, data] of happenings) {
    const stored = await facts.append(`call:${id}`, [{ type, v: 1, at: clock.now(), data: { position: null, ...data } }]);
    expect(stored.ok).toBe(true);
  }
  return id;
}
const started = (id: RecordingId): Happening => ["call.recording-started", { recordingId: id }];
const stopped = (id: RecordingId, why: string, durationMs = 100): Happening => ["call.recording-stopped", { recordingId: id, why, durationMs, path: `recordings/${id}.wav` }];
const get = async (id: RecordingId) => {
  const got = await recordings.get(id);
  return got.ok ? got.value : got.error;
};
const recorded = async (data: Uint8Array, why = "completed"): Promise<RecordingId> => {
  const id = newId<RecordingId>();
  await writeFile(join(media, "recordings", `${id}.wav`), wavFile(data));
  await call(started(id), stopped(id, why));
  return id;
};

describe("REC-4 a recording follows from the facts of its call", () => {
  test("running, then complete", async () => {
    const id = newId<RecordingId>();
    const callId = await call(started(id));
    expect(await get(id)).toEqual({ id, callId, state: "recording", durationMs: null, note: null });
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-still-running" } });
    await facts.append(`call:${callId}`, [{ type: "call.recording-stopped", v: 1, at: clock.now(), data: { position: null, recordingId: id, why: "completed", durationMs: 1_234, path: `recordings/${id}.wav` } }]);
    expect(await get(id)).toMatchObject({ state: "complete", durationMs: 1_234, note: null });
    expect(await recordings.ofCall(callId)).toMatchObject({ ok: true, value: [{ id }] });
  });
  test("partial, with the reason in words", async () => {
    const [disk, restarted, lost] = [newId<RecordingId>(), newId<RecordingId>(), newId<RecordingId>()];
    await call(started(disk), stopped(disk, "failed"));
    await call(stopped(restarted, "repaired"));
    await call(started(lost), ["call.settled", {}]);
    expect(await get(disk)).toMatchObject({ state: "partial", note: expect.stringContaining("disk") });
    expect(await get(restarted)).toMatchObject({ state: "partial", note: "The phone service restarted during this call; the recording ends there." });
    expect(await get(lost)).toMatchObject({ state: "partial", durationMs: null, note: expect.stringContaining("lost") });
    expect((await sql`select * from projection_failures`.execute(database.db)).rows).toEqual([]);
  });
});

describe("REC-1 the waveform", () => {
  test("is counted once, even for many who ask at once, and kept beside the file", async () => {
    const id = await recorded(Uint8Array.from({ length: 16_000 }, (_, i) => (i % 2 === 0 ? 0x80 : 0xff)));
    const all = await Promise.all(Array.from({ length: 5 }, () => recordings.peaks(id)));
    expect(all[0]).toMatchObject({ ok: true, value: { durationMs: 1_000 } });
    const kept = JSON.parse(await readFile(join(media, "recordings", `${id}.peaks.json`), "utf8")) as { customer: number[]; agent: number[] };
    expect([Math.max(...kept.customer), Math.max(...kept.agent)]).toEqual([1, 0]);
    await rm(join(media, "recordings", `${id}.wav`));
    expect((await recordings.peaks(id)).ok).toBe(true);
  });
  test("of a file that is gone or is none of ours is a value", async () => {
    const id = await recorded(new Uint8Array(10));
    await writeFile(join(media, "recordings", `${id}.wav`), "something else entirely");
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
    await rm(join(media, "recordings", `${id}.wav`));
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
  });
  test("nothing outside the folder of recordings is opened", async () => {
    const id = newId<RecordingId>();
    await call(["call.recording-stopped", { recordingId: id, why: "completed", durationMs: 1, path: "recordings/../../../etc/passwd" }]);
    expect(await recordings.file(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
  });
});

describe("REC-1, REC-2 the audio", () => {
  const audited: unknown[] = [];
  const route = () => recordingAudioRoute({ recordings, clock, audit: { record: async (who, what, _, after) => { audited.push([who, what, after]); } } });
  const ask = async (handle: ReturnType<typeof route>, id: string, range: string | null, user = "ana") => {
    const got = await handle.handle({ params: { id }, query: {}, range }, { user: { id: user as UserId } } as SignedInContext);
    if (!got.ok) return got.error;
    const { status, headers, body } = got.value;
    return { status, range: headers["content-range"], length: headers["content-length"], bytes: body === null ? 0 : (await buffer(body as Readable)).length, type: headers["content-type"] };
  };
  test("is sent whole and in parts", async () => {
    const id = await recorded(new Uint8Array(942)); // 1000 bytes with the header
    const handle = route();
    expect(await ask(handle, id, null)).toEqual({ status: 200, range: undefined, length: "1000", bytes: 1_000, type: "audio/wav" });
    expect(await ask(handle, id, "bytes=100-199")).toMatchObject({ status: 206, range: "bytes 100-199/1000", length: "100", bytes: 100 });
    expect(await ask(handle, id, "bytes=5000-")).toMatchObject({ status: 416, range: "bytes */1000", bytes: 0 });
    expect(await ask(handle, "no such one", null)).toMatchObject({ status: 404 });
    expect(await ask(handle, "nosuchone", null)).toMatchObject({ status: 404, code: "recording-missing" });
  });
  test("each access is in the audit log; the ranges of one player are one access", async () => {
    const id = await recorded(new Uint8Array(100));
    const handle = route();
    audited.length = 0;
    for (const range of ["bytes=0-", "bytes=50-", null]) await ask(handle, id, range);
    await ask(handle, id, null, "ben");
    await clock.advance(600_000);
    await ask(handle, id, null);
    expect(audited).toEqual(["ana", "ben", "ana"].map((who) => [who, "recording.played", { recording: id }]));
  });
});
