// REC-3: where recordings are kept, for how long, and what becomes of them.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CustomerId, RecordingId, UserId } from "@ringdesk/std";
import { callBelongings } from "../calls/wiring.ts";
import { customersOver } from "../customers/customers.fake.ts";
import { startS3, type TestS3 } from "../test-s3.ts";
import { allOf } from "./pieces.ts";
import { readableOf } from "./readable.ts";
import { openRecordingsHouse, stopped } from "./recordings.fake.ts";
import { createS3Store } from "./s3-store.http.ts";
import { recordingBelongings } from "./wiring.ts";

const DAY_MS = 86_400_000;
const admin = "admin" as UserId;
const key = randomBytes(32).toString("base64");
const plain = { s3: null, recordingKeys: [] };
const talk = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31) & 0xff);

let s3: TestS3;
let house: Awaited<ReturnType<typeof openRecordingsHouse>>;
beforeAll(async () => { s3 = await startS3(); });
afterAll(() => s3.close());
beforeEach(async () => { house = await openRecordingsHouse(); });
afterEach(() => house.close());

/** The audio as it is played, or what is said instead. */
const heard = async (id: RecordingId, first = 0, last?: number): Promise<unknown> => {
  const audio = await house.keeping().recordings.audio(id);
  if (!audio.ok) return audio.error;
  const part = await audio.value.read(first, last ?? audio.value.bytes - 1);
  return part.ok ? Buffer.from(await allOf(part.value)).toString("base64") : part.error;
};
const base64 = (bytes: Uint8Array, first = 0, last = bytes.length - 1): string => Buffer.from(bytes.subarray(first, last + 1)).toString("base64");
const state = async () => {
  const got = await house.keeping().settings.get();
  return got.ok ? got.value : got.error;
};
const settled = (): Promise<void> => expect.poll(state).toMatchObject({ waiting: 0, trouble: null });
const inBucket = async (name: string): Promise<boolean> => (await createS3Store(s3.config).bytes(name)).ok;

describe.each([
  ["the disk, encrypted", () => ({ s3: null, recordingKeys: [key] })],
  ["a bucket", () => ({ s3: s3.config, recordingKeys: [] })],
  ["a bucket, encrypted", () => ({ s3: s3.config, recordingKeys: [key] })],
] as const)("REC-3 a recording that is kept in %s", (_, settings) => {
  test("is moved there when it has ended, and plays as before, any part of it", async () => {
    await house.reopen(settings());
    const { id, file } = await house.recorded(talk);
    await settled();
    const { s3: bucket, recordingKeys } = settings();
    const name = `recordings/${id}.wav${recordingKeys.length > 0 ? ".sealed" : ""}`;
    expect(await house.files()).toEqual(bucket === null ? [`${id}.wav.sealed`] : []);
    if (bucket !== null) expect(await inBucket(name)).toBe(true);
    expect(await heard(id)).toBe(base64(file));
    for (const [first, last] of [[0, 99], [65_535, 65_536], [150_000, file.length - 1]] as const) expect(await heard(id, first, last)).toBe(base64(file, first, last));
    expect(await house.keeping().recordings.peaks(id)).toMatchObject({ ok: true, value: { durationMs: 12_500 } });
    expect(await state()).toMatchObject({ store: { kind: bucket === null ? "disk" : "s3" }, encrypted: recordingKeys.length > 0, kept: 1, waiting: 0 });
  });
  test("takes those with it that were recorded before", async () => {
    const before = await Promise.all([house.recorded(talk), house.recorded(new Uint8Array(10)), house.recorded(new Uint8Array(0))]);
    await house.reopen(settings());
    await settled();
    for (const { id, file } of before) expect(await heard(id)).toBe(base64(file));
    expect((await house.files()).filter((name) => name.endsWith(".wav"))).toEqual([]);
  });
  test("is deleted there", async () => {
    await house.reopen(settings());
    const { id } = await house.recorded(talk);
    await house.keeping().recordings.peaks(id);
    await settled();
    await house.keeping().settings.setRetention(30, admin);
    await expect.poll(() => house.clock.armed()).toBe(1);
    await house.clock.advance(31 * DAY_MS);
    await expect.poll(house.files).toEqual([]);
    await expect.poll(() => inBucket(`recordings/${id}.wav`)).toBe(false);
    await expect.poll(() => inBucket(`recordings/${id}.wav.sealed`)).toBe(false);
    expect(await heard(id)).toEqual({ type: "recording-deleted", why: "retention" });
  });
});

describe("REC-3 retention", () => {
  const deletions = () => house.audited.filter(({ what }) => what === "recording.deleted");
  test("deletes what is older, logs each, and leaves the rest; nothing is deleted without one", async () => {
    await house.reopen(plain);
    const old = await house.recorded(talk);
    await house.clock.advance(20 * DAY_MS);
    const young = await house.recorded(talk);
    await house.keeping().recordings.peaks(old.id);
    expect(await house.keeping().settings.due(19)).toEqual({ ok: true, value: 1 });
    expect(await house.keeping().settings.due(21)).toEqual({ ok: true, value: 0 });
    expect(deletions()).toEqual([]);
    expect(await house.keeping().settings.setRetention(19, admin)).toMatchObject({ ok: true, value: { retentionDays: 19 } });
    await expect.poll(house.files).toEqual([`${young.id}.wav`]);
    await expect.poll(deletions).toEqual([{ who: null, what: "recording.deleted", before: { recording: old.id, call: old.callId, startedAt: expect.any(Number), why: "retention" }, after: null }]);
    expect(house.audited[0]).toEqual({ who: admin, what: "recording-retention.changed", before: { days: null }, after: { days: 19 } });
    expect(await house.keeping().recordings.get(old.id)).toEqual({ ok: false, error: { type: "recording-deleted", why: "retention" } });
    expect(await house.keeping().recordings.peaks(old.id)).toMatchObject({ ok: false, error: { type: "recording-deleted" } });
    expect(await heard(young.id)).toBe(base64(young.file));
    expect(await state()).toMatchObject({ kept: 1 });
  });
  test("is kept by an alarm, to the moment, for what is recorded later too", async () => {
    await house.reopen(plain);
    await house.keeping().settings.setRetention(1, admin);
    const { id } = await house.recorded(talk);
    await house.reopen(plain); // the alarm is set anew after a restart
    await expect.poll(() => house.clock.armed()).toBe(1);
    await house.clock.advance(DAY_MS);
    expect(await house.files()).toEqual([`${id}.wav`]);
    await house.clock.advance(1);
    await expect.poll(house.files).toEqual([]);
  });
  test("leaves a recording that still runs", async () => {
    await house.reopen(plain);
    await house.keeping().settings.setRetention(1, admin);
    const id = "still-running" as RecordingId;
    const call = await house.call(["call.recording-started", { recordingId: id }]);
    await house.clock.advance(3 * DAY_MS);
    expect(await house.keeping().recordings.get(id)).toMatchObject({ ok: true, value: { state: "recording" } });
    await writeFile(join(house.folder, `${id}.wav`), "audio");
    await house.happen(call, stopped(id));
    await expect.poll(house.files).toEqual([]);
  });
});

describe("REC-3 a customer who is erased", () => {
  const call = async (id: string, customer: CustomerId): Promise<void> => {
    await sql`insert into calls (id, direction, state, outcome, support_number, customer_id, started_at, ended_at, fold)
      values (${id}, 'inbound', 'ended', 'answered', '+15550100', ${customer}, 1, 2, '{"summary":{}}')`.execute(house.db);
  };
  test("takes their recordings with them, and those of nobody else", async () => {
    await house.reopen({ s3: s3.config, recordingKeys: [key] });
    const customers = customersOver(house.db, house.clock, { belongings: [recordingBelongings(house.clock.now, () => house.keeping().keeper.wake()), callBelongings] });
    const made = await Promise.all(["Ada", "Ben"].map((name) => customers.create({ name, numbers: [] })));
    const [ada, ben] = made.map((each) => (each.ok ? each.value.id : null));
    const [hers, his] = [await house.recorded(talk), await house.recorded(talk)];
    await call(hers.callId, ada!);
    await call(his.callId, ben!);
    await settled();
    expect(await inBucket(`recordings/${hers.id}.wav.sealed`)).toBe(true);
    expect(await customers.remove(ada!, admin)).toEqual({ ok: true, value: null });
    expect(await heard(hers.id)).toEqual({ type: "recording-deleted", why: "erasure" });
    await expect.poll(() => inBucket(`recordings/${hers.id}.wav.sealed`)).toBe(false);
    await expect.poll(() => house.audited).toEqual([{ who: null, what: "recording.deleted", before: expect.objectContaining({ recording: hers.id, why: "erasure" }), after: null }]);
    expect(await heard(his.id)).toBe(base64(his.file));
  });
  test("takes a recording too that is repaired only afterwards", async () => {
    await house.reopen(plain);
    const customers = customersOver(house.db, house.clock, { belongings: [recordingBelongings(house.clock.now, () => house.keeping().keeper.wake()), callBelongings] });
    const made = await customers.create({ name: "Ada", numbers: [] });
    const id = "repaired-late" as RecordingId;
    const callId = await house.call(["call.recording-started", { recordingId: id }], ["call.settled", {}]);
    await call(callId, made.ok ? made.value.id : ("" as CustomerId));
    await customers.remove(made.ok ? made.value.id : ("" as CustomerId), admin);
    await expect.poll(() => house.audited.length).toBe(1);
    await writeFile(join(house.folder, `${id}.wav`), "what the dead switch left");
    await house.happen(callId, stopped(id, "repaired"));
    await expect.poll(house.files).toEqual([]);
    expect(await heard(id)).toEqual({ type: "recording-deleted", why: "erasure" });
  });
});

describe("REC-3 what fails loses nothing", () => {
  test("a bucket that is down: recordings play from the disk, admins are told once, and all moves when it is back", async () => {
    await house.reopen({ s3: s3.config, recordingKeys: [] });
    await s3.stop();
    const { id, file } = await house.recorded(talk);
    await expect.poll(state).toMatchObject({ waiting: 1, trouble: expect.stringContaining("cannot be reached") });
    expect(await heard(id)).toBe(base64(file));
    await house.recorded(talk);
    await house.clock.advance(5_000);
    await expect.poll(state).toMatchObject({ waiting: 2 });
    expect(house.warnings).toEqual([expect.stringContaining("Recordings wait to be kept")]);
    await s3.start();
    await house.clock.advance(600_000);
    await settled();
    expect(await house.files()).toEqual([]);
    expect(await heard(id)).toBe(base64(file));
    await s3.stop();
    expect(await heard(id)).toMatchObject({ type: "recording-store-away" });
    await s3.start();
  });
  test("a crash between the copy and the end of the original leaves neither a draft nor a second copy", async () => {
    await house.reopen({ s3: null, recordingKeys: [key] });
    const { id, file } = await house.recorded(talk);
    await settled();
    await writeFile(join(house.folder, `${id}.wav`), file); // as if the original had not been removed yet
    await writeFile(join(house.folder, `${id}.wav.draft`), file);
    await house.reopen({ s3: null, recordingKeys: [key] });
    await expect.poll(house.files).toEqual([`${id}.wav.sealed`]);
    expect(await heard(id)).toBe(base64(file));
  });
  test("a key or a bucket that is not set any more is said, and back again it plays", async () => {
    await house.reopen({ s3: s3.config, recordingKeys: [key] });
    const { id, file } = await house.recorded(talk);
    await settled();
    await house.reopen({ s3: s3.config, recordingKeys: [randomBytes(32).toString("base64")] });
    expect(await heard(id)).toMatchObject({ type: "recording-locked" });
    await house.reopen({ s3: null, recordingKeys: [key] });
    expect(await heard(id)).toMatchObject({ type: "recording-store-away", detail: expect.stringContaining("RINGDESK_S3_BUCKET") });
    await house.reopen({ s3: s3.config, recordingKeys: [randomBytes(32).toString("base64"), key] });
    expect(await heard(id)).toBe(base64(file));
  });
  test("a file that was changed or cut short on the disk does not play as if nothing were", async () => {
    await house.reopen({ s3: null, recordingKeys: [key] });
    const { id } = await house.recorded(talk);
    await settled();
    const path = join(house.folder, `${id}.wav.sealed`);
    const sealed = await readFile(path);
    await writeFile(path, sealed.subarray(0, 32 + 65_552));
    await expect(heard(id)).rejects.toThrow("cut short");
    sealed[40]! ^= 1;
    await writeFile(path, sealed);
    await expect(heard(id)).rejects.toThrow("was changed");
    expect(await house.keeping().recordings.peaks(id)).toMatchObject({ ok: false, error: { type: "recording-unreadable" } });
  });
  test("a file that was not there when it was to be moved, but comes, is kept; nothing is deleted that has no copy", async () => {
    const sealing = { s3: null, recordingKeys: [key] };
    const late = await house.recorded(talk);
    await rm(join(house.folder, `${late.id}.wav`));
    await house.reopen(sealing);
    await settled();
    await writeFile(join(house.folder, `${late.id}.wav`), late.file); // the switch is back, and has repaired it
    await house.reopen(sealing);
    await expect.poll(house.files).toEqual([`${late.id}.wav.sealed`]);
    expect(await heard(late.id)).toBe(base64(late.file));
    await rename(join(house.folder, `${late.id}.wav.sealed`), join(house.folder, `${late.id}.wav.lost`));
    await writeFile(join(house.folder, `${late.id}.wav`), late.file); // the copy was lost with the power, the original was not
    await house.reopen(sealing);
    await expect.poll(house.files).toContain(`${late.id}.wav.sealed`);
    await settled();
    expect(await heard(late.id)).toBe(base64(late.file));
  });
  test("a file that the switch still writes to the end is waited for, and a folder that is not there is no reason to give anything up", async () => {
    const { id, file } = await house.recorded(talk);
    await mkdir(join(house.folder, "live"));
    await rename(join(house.folder, `${id}.wav`), join(house.folder, "live", `${id}.wav`));
    await house.reopen({ s3: null, recordingKeys: [key] });
    await expect.poll(state).toMatchObject({ waiting: 1, trouble: null });
    await rename(join(house.folder, "live", `${id}.wav`), join(house.folder, `${id}.wav`));
    await rename(house.folder, `${house.folder}.unmounted`);
    await house.reopen({ s3: null, recordingKeys: [key] });
    await expect.poll(state).toMatchObject({ waiting: 1, trouble: expect.stringContaining("is not there") });
    await rename(`${house.folder}.unmounted`, house.folder);
    await house.clock.advance(5_000);
    await settled();
    expect(await heard(id)).toBe(base64(file));
  });
  test("a file that cannot be read stops neither the others nor the server, and a file that comes after its deletion is deleted at the next start", async () => {
    const broken = await house.recorded(talk);
    await rm(join(house.folder, `${broken.id}.wav`));
    await mkdir(join(house.folder, `${broken.id}.wav`)); // opens, and cannot be read
    const fine = await house.recorded(talk);
    await house.reopen({ s3: s3.config, recordingKeys: [key] });
    await expect.poll(state).toMatchObject({ waiting: 1, trouble: expect.stringContaining("EISDIR") });
    expect(await heard(fine.id)).toBe(base64(fine.file));
    await house.keeping().settings.setRetention(1, admin);
    await rm(join(house.folder, `${broken.id}.wav`), { recursive: true });
    await house.clock.advance(2 * DAY_MS);
    await expect.poll(async () => heard(broken.id)).toEqual({ type: "recording-deleted", why: "retention" });
    await expect.poll(() => house.audited.filter(({ what }) => what === "recording.deleted").length).toBe(2);
    await writeFile(join(house.folder, `${broken.id}.wav`), "what a switch left");
    await house.reopen(plain);
    await expect.poll(house.files).toEqual([]);
  });
  test("another bucket is not searched for what is in the first, and nothing is said to be deleted there", async () => {
    await house.reopen({ s3: s3.config, recordingKeys: [] });
    const { id } = await house.recorded(talk);
    await settled();
    await house.reopen({ s3: { ...s3.config, bucket: `${s3.config.bucket}/other` }, recordingKeys: [] });
    expect(await heard(id)).toMatchObject({ type: "recording-store-away", detail: expect.stringContaining(s3.config.bucket) });
    await house.keeping().settings.setRetention(1, admin);
    await expect.poll(() => house.clock.armed()).toBe(1);
    await house.clock.advance(2 * DAY_MS);
    await expect.poll(state).toMatchObject({ trouble: expect.stringContaining("in a bucket that RINGDESK_S3_BUCKET does not name") });
    expect(house.audited.filter(({ what }) => what === "recording.deleted")).toEqual([]);
    await house.reopen({ s3: s3.config, recordingKeys: [] });
    await expect.poll(() => inBucket(`recordings/${id}.wav`)).toBe(false);
    await expect.poll(() => house.audited.filter(({ what }) => what === "recording.deleted").length).toBe(1);
  });
  test("an encrypted file comes back too; while the folder is not there, nothing is deleted nor said to be", async () => {
    const sealing = { s3: null, recordingKeys: [key] };
    await house.reopen(sealing);
    const { id, file } = await house.recorded(talk);
    await settled();
    await house.keeping().keeper.stop();
    await sql`update recordings set place = 'missing'`.execute(house.db); // as when an empty folder was mounted in its place
    await house.reopen(sealing);
    await expect.poll(() => heard(id)).toBe(base64(file));
    await rename(house.folder, `${house.folder}.unmounted`);
    await house.keeping().settings.setRetention(1, admin);
    await expect.poll(() => house.clock.armed()).toBe(1);
    await house.clock.advance(2 * DAY_MS);
    await expect.poll(state).toMatchObject({ trouble: expect.stringContaining("is not there") });
    expect(house.audited.filter(({ what }) => what === "recording.deleted")).toEqual([]);
    await rename(`${house.folder}.unmounted`, house.folder);
    await house.clock.advance(5_000);
    await expect.poll(house.files).toEqual([]);
    await expect.poll(() => house.audited.filter(({ what }) => what === "recording.deleted").length).toBe(1);
  });
  test("a 404 of something in front of the bucket says nothing of the recording: it is neither missing nor deleted", async () => {
    const { id, file } = await house.recorded(talk);
    const front = createServer((_, response) => { response.writeHead(404).end("404 page not found"); }).listen(0, "127.0.0.1");
    await once(front, "listening");
    const bucket = `http://127.0.0.1:${(front.address() as AddressInfo).port}/calls`;
    await house.reopen({ s3: { ...s3.config, bucket }, recordingKeys: [] });
    await expect.poll(state).toMatchObject({ waiting: 1, trouble: expect.stringContaining("refused with 404") });
    expect(await heard(id)).toBe(base64(file));
    expect(await createS3Store({ ...s3.config, bucket }).remove("recordings/x.wav")).toMatchObject({ ok: false });
    front.closeAllConnections();
    front.close();
  });
  test("one recording that a bucket refuses holds up no other", async () => {
    const recorded = [await house.recorded(talk), await house.recorded(talk), await house.recorded(talk)];
    const middle = recorded.map(({ id }) => id).sort()[1]!;
    const front = createServer((request, response) => {
      request.resume();
      response.writeHead(request.url?.includes(middle) === true ? 413 : 200).end();
    }).listen(0, "127.0.0.1");
    await once(front, "listening");
    await house.reopen({ s3: { ...s3.config, bucket: `http://127.0.0.1:${(front.address() as AddressInfo).port}/calls` }, recordingKeys: [] });
    await expect.poll(state).toMatchObject({ waiting: 1, trouble: expect.stringContaining("413") });
    expect(await house.files()).toEqual([`${middle}.wav`]);
    front.closeAllConnections();
    front.close();
  });
  test("a deletion is logged although the server dies between both", async () => {
    await house.reopen(plain);
    await house.recorded(talk);
    house.failNextAudit();
    await expect(house.keeping().settings.setRetention(1, admin)).rejects.toThrow();
    house.keeping().keeper.wake();
    await expect.poll(() => house.clock.armed()).toBe(1);
    house.failNextAudit();
    await house.clock.advance(2 * DAY_MS);
    await expect.poll(state).toMatchObject({ trouble: expect.stringContaining("unexpected") });
    expect(await house.files()).toEqual([]);
    await house.clock.advance(5_000);
    await expect.poll(() => house.audited.filter(({ what }) => what === "recording.deleted").length).toBe(1);
  });
  test("uploads that fail and listeners who leave keep no file open", async () => {
    const { id } = await house.recorded(talk);
    const open = async (): Promise<number> => (await readdir("/proc/self/fd")).length;
    const before = await open();
    const path = join(house.media, "upload.wav");
    await writeFile(path, talk);
    for (const secretKey of ["guessed", ""]) {
      for (let times = 0; times < 5; times += 1) await createS3Store({ ...s3.config, secretKey }).put("recordings/x.wav", path);
    }
    await s3.stop();
    for (let times = 0; times < 5; times += 1) expect(await createS3Store(s3.config).put("recordings/x.wav", path)).toMatchObject({ ok: false });
    await s3.start();
    for (let times = 0; times < 5; times += 1) {
      const audio = await house.keeping().recordings.audio(id);
      const part = audio.ok ? await audio.value.read(0, audio.value.bytes - 1) : null;
      const stream = part?.ok === true ? await readableOf(part.value) : null;
      if (stream?.ok === true) await new Promise((gone) => { stream.value.on("close", gone).destroy(); });
    }
    await expect.poll(open).toBeLessThanOrEqual(before + 2); // sockets that are kept for the next request
  });
  test("a recording without a file is gone, and keeps nobody waiting", async () => {
    const { id } = await house.recorded(talk);
    await rm(join(house.folder, `${id}.wav`));
    await house.reopen({ s3: null, recordingKeys: [key] });
    const next = await house.recorded(talk);
    await settled();
    expect(await heard(id)).toMatchObject({ type: "recording-unreadable" });
    expect(existsSync(join(house.folder, `${next.id}.wav.sealed`))).toBe(true);
  });
});
