// Recordings over a database and a folder, without the switch: calls are told by their facts, and audio is written by the test.
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { CallId, RecordingId, UserId } from "@ringdesk/std";
import type { Config } from "@ringdesk/contract/config";
import { createFactLog } from "../facts/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createSystemClock, newId } from "../kernel/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { createRecordingKeeping } from "./new-keeping.ts";
import { wavFile } from "./wav.fake.ts";
import { recordingsProjection } from "./wiring.ts";

const log = pino({ level: "silent" });
export type Happening = readonly [type: string, data: Record<string, unknown>];
export const started = (id: RecordingId): Happening => ["call.recording-started", { recordingId: id }];
export const stopped = (id: RecordingId, why = "completed", durationMs = 100): Happening => ["call.recording-stopped", { recordingId: id, why, durationMs, path: `recordings/${id}.wav` }];

/** Opens the room with a database of its own. `keep` is what the settings say; another `reopen` is a restart with other settings. */
export async function openRecordingsHouse(keep: Pick<Config, "s3" | "recordingKeys"> = { s3: null, recordingKeys: [] }) {
  const clock = createFakeClock();
  const database = await migratedDatabase();
  const media = await mkdtemp(join(tmpdir(), "rd-media-"));
  const folder = join(media, "recordings");
  await mkdir(folder);
  const audited: { readonly who: UserId | null; readonly what: string; readonly before: unknown; readonly after: unknown }[] = [];
  const warnings: string[] = [];
  let auditFails = false;
  const audit = { record: async (who: UserId | null, what: string, before: unknown, after: unknown) => {
    const fails = auditFails;
    auditFails = false;
    if (fails) throw new Error("as if the server had died here");
    audited.push({ who, what, before, after });
  } };
  const open = (config: typeof keep) => createRecordingKeeping({ config, db: database.db, media, clock, audit, log, warn: (words) => { warnings.push(words); } });
  let keeping = open(keep);
  const facts = await createFactLog({
    db: database.db, journalFolder: await mkdtemp(join(tmpdir(), "rd-recordings-")), clock: createSystemClock(), log, alarm: () => undefined,
    projections: [recordingsProjection({ ended: (isRemoved) => { keeping.keeper.ended(isRemoved); }, failed: () => { keeping.keeper.failed(); } })],
  });
  const happen = async (id: CallId, ...happenings: readonly Happening[]): Promise<void> => {
    for (const [type, data] of happenings) {
      const stored = await facts.append(`call:${id}`, [{ type, v: 1, at: clock.now(), data: { position: null, ...data } }]);
      if (!stored.ok) throw new Error(stored.error.type);
    }
  };
  return {
    clock, media, folder, audited, warnings, audit, db: database.db, happen,
    keeping: () => keeping,
    failNextAudit: (): void => { auditFails = true; },
    reopen: async (config: typeof keep): Promise<void> => {
      await keeping.keeper.stop();
      keeping = open(config);
      keeping.keeper.start();
    },
    /** A call with these facts. */
    call: async (...happenings: readonly Happening[]): Promise<CallId> => {
      const id = newId<CallId>();
      await happen(id, ...happenings);
      return id;
    },
    /** A finished recording whose file holds these samples. */
    recorded: async (data: Uint8Array, why = "completed"): Promise<{ readonly id: RecordingId; readonly callId: CallId; readonly file: Uint8Array }> => {
      const id = newId<RecordingId>();
      const callId = newId<CallId>();
      const file = wavFile(data);
      await writeFile(join(folder, `${id}.wav`), file);
      await happen(callId, started(id), stopped(id, why));
      return { id, callId, file };
    },
    /** What lies in the folder of recordings. */
    files: async (): Promise<readonly string[]> => (await readdir(folder)).sort(),
    close: async (): Promise<void> => {
      await keeping.keeper.stop();
      await facts.close();
      await database.close();
    },
  };
}
