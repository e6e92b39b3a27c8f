import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RecordingId, UserId } from "@ringdesk/std";
import { newId } from "../kernel/index.ts";
import type { SignedInContext } from "../platform/index.ts";
import { openRecordingsHouse, started, stopped } from "./recordings.fake.ts";
import type { Recordings } from "./index.ts";
import { recordingAudioRoute, recordingRoutes } from "./wiring.ts";

let house: Awaited<ReturnType<typeof openRecordingsHouse>>;
let recordings: Recordings;
beforeAll(async () => {
  house = await openRecordingsHouse();
  recordings = house.keeping().recordings;
});
afterAll(() => house.close());

const get = async (id: RecordingId) => {
  const got = await recordings.get(id);
  return got.ok ? got.value : got.error;
};
const recorded = async (data: Uint8Array): Promise<RecordingId> => (await house.recorded(data)).id;

describe("REC-4 a recording follows from the facts of its call", () => {
  test("running, then complete", async () => {
    const id = newId<RecordingId>();
    const callId = await house.call(started(id));
    expect(await get(id)).toEqual({ id, callId, state: "recording", durationMs: null, note: null });
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-still-running" } });
    await house.happen(callId, stopped(id, "completed", 1_234));
    expect(await get(id)).toMatchObject({ state: "complete", durationMs: 1_234, note: null });
    expect(await recordings.ofCall(callId)).toMatchObject({ ok: true, value: [{ id }] });
  });
  test("partial, with the reason in words", async () => {
    const [disk, restarted, lost] = [newId<RecordingId>(), newId<RecordingId>(), newId<RecordingId>()];
    await house.call(started(disk), stopped(disk, "failed"));
    await house.call(stopped(restarted, "repaired"));
    await house.call(started(lost), ["call.settled", {}]);
    expect(await get(disk)).toMatchObject({ state: "partial", note: expect.stringContaining("disk") });
    expect(await get(restarted)).toMatchObject({ state: "partial", note: "The phone service restarted during this call; the recording ends there." });
    expect(await get(lost)).toMatchObject({ state: "partial", durationMs: null, note: expect.stringContaining("lost") });
    expect((await sql`select * from projection_failures`.execute(house.db)).rows).toEqual([]);
  });
});

test("REC-4 admins are told of a disk that fails, once in ten minutes however many recordings it ends", async () => {
  house.warnings.length = 0;
  await house.clock.advance(600_000);
  const fail = (): Promise<unknown> => house.call(stopped(newId<RecordingId>(), "failed"));
  await Promise.all(Array.from({ length: 20 }, fail));
  expect(house.warnings).toEqual([expect.stringMatching(/^The disk is full or fails.*Calls go on/)]);
  await house.clock.advance(600_000);
  await fail();
  expect(house.warnings).toHaveLength(2);
});

describe("REC-1 the waveform", () => {
  test("is counted once, even for many who ask at once, and kept beside the file", async () => {
    const id = await recorded(Uint8Array.from({ length: 16_000 }, (_, i) => (i % 2 === 0 ? 0x80 : 0xff)));
    const all = await Promise.all(Array.from({ length: 5 }, () => recordings.peaks(id)));
    expect(all[0]).toMatchObject({ ok: true, value: { durationMs: 1_000 } });
    const kept = JSON.parse(await readFile(join(house.folder, `${id}.peaks.json`), "utf8")) as { customer: number[]; agent: number[] };
    expect([Math.max(...kept.customer), Math.max(...kept.agent)]).toEqual([1, 0]);
    await rm(join(house.folder, `${id}.wav`));
    expect((await recordings.peaks(id)).ok).toBe(true);
  });
  test("of a file that is gone or is none of ours is a value", async () => {
    const id = await recorded(new Uint8Array(10));
    await writeFile(join(house.folder, `${id}.wav`), "something else entirely");
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
    await rm(join(house.folder, `${id}.wav`));
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
  });
  test("nothing outside the folder of recordings is opened", async () => {
    const id = newId<RecordingId>();
    await house.call(["call.recording-stopped", { recordingId: id, why: "completed", durationMs: 1, path: "recordings/../../../etc/passwd" }]);
    expect(await recordings.audio(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
    expect(await recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
  });
});

describe("REC-1, REC-2 the audio", () => {
  const by = (user: string) => ({ user: { id: user as UserId } }) as SignedInContext;
  const linkFor = async (user: string, id: string): Promise<Record<string, string>> => {
    const got = await recordingRoutes(house.keeping()).getRecordingLink({ params: { id: id as RecordingId } }, by(user));
    if (!got.ok) throw new Error(got.error.code);
    expect(got.value.url).toMatch(`/api/v1/recordings/${id}/audio?`);
    return Object.fromEntries(new URL(got.value.url, "http://desk").searchParams);
  };
  const route = () => recordingAudioRoute({ ...house.keeping(), clock: house.clock, audit: house.audit });
  const ask = async (handle: ReturnType<typeof route>, id: string, range: string | null, { user = "ana", query }: { user?: string; query?: Record<string, string> } = {}) => {
    const got = await handle.handle({ params: { id }, query: query ?? await linkFor(user, id), range }, by(user));
    if (!got.ok) return got.error;
    const { status, headers, body } = got.value;
    return { status, range: headers["content-range"], length: headers["content-length"], bytes: body === null ? 0 : (await buffer(body as Readable)).length, type: headers["content-type"], as: headers["content-disposition"] };
  };
  test("is sent whole and in parts", async () => {
    const id = await recorded(new Uint8Array(942)); // 1000 bytes with the header
    const handle = route();
    expect(await ask(handle, id, null)).toEqual({ status: 200, range: undefined, length: "1000", bytes: 1_000, type: "audio/wav", as: `inline; filename="recording-${id}.wav"` });
    expect(await ask(handle, id, "bytes=100-199")).toMatchObject({ status: 206, range: "bytes 100-199/1000", length: "100", bytes: 100 });
    expect(await ask(handle, id, "bytes=5000-")).toMatchObject({ status: 416, range: "bytes */1000", bytes: 0 });
    expect(await ask(handle, id, null, { query: { ...await linkFor("ana", id), download: "" } })).toMatchObject({ status: 200, as: `attachment; filename="recording-${id}.wav"` });
    expect(await ask(handle, id, null, { query: { ...await linkFor("ana", id), download: "call-2026-11-22.wav" } })).toMatchObject({ as: 'attachment; filename="call-2026-11-22.wav"' });
    expect(await ask(handle, id, null, { query: { ...await linkFor("ana", id), download: 'x"; y=.wav' } })).toMatchObject({ as: `attachment; filename="recording-${id}.wav"` });
    await rm(join(house.folder, `${id}.wav`));
    expect(await ask(handle, id, null)).toMatchObject({ status: 404, code: "recording-unreadable" });
    await expect(linkFor("ana", "nosuchone")).rejects.toThrow("recording-missing");
  });
  test("REC-2 only at a link that is one's own, of this recording, unchanged, and not yet expired", async () => {
    const [id, other] = [await recorded(new Uint8Array(100)), await recorded(new Uint8Array(100))];
    const handle = route();
    const refused = { status: 403, code: "recording-link-refused" };
    const link = await linkFor("ana", id);
    expect(await ask(handle, id, null, { query: {} })).toMatchObject(refused);
    expect(await ask(handle, id, null, { user: "ben", query: link })).toMatchObject(refused);
    expect(await ask(handle, other, null, { query: link })).toMatchObject(refused);
    expect(await ask(handle, "no such one", null, { query: link })).toMatchObject(refused);
    expect(await ask(handle, id, null, { query: { ...link, until: String(Number(link["until"]) + 1) } })).toMatchObject(refused);
    await house.clock.advance(300_100); // five minutes and the length of the recording
    expect(await ask(handle, id, null, { query: link })).toMatchObject({ status: 200 });
    await house.clock.advance(1);
    expect(await ask(handle, id, null, { query: link })).toMatchObject(refused);
  });
  test("REC-2 each access is in the audit log; the ranges of one player are one access", async () => {
    const id = await recorded(new Uint8Array(100));
    const handle = route();
    house.audited.length = 0;
    for (const range of ["bytes=0-", "bytes=50-", null]) await ask(handle, id, range);
    await ask(handle, id, null, { user: "ben" });
    await house.clock.advance(600_000);
    await ask(handle, id, null);
    expect(house.audited.map(({ who, what, after }) => [who, what, after])).toEqual(["ana", "ben", "ana"].map((who) => [who, "recording.played", { recording: id }]));
  });
});
