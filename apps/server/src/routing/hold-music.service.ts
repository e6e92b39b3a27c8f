// Hold music as admins upload it (QUE-6): an MP3 or WAV file becomes what the switch plays.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { err, invariant, ok, type HoldMusicId, type Millis, type Result, type UserId } from "@ringdesk/std";
import type { HoldMusic as MusicView } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import { musicPath } from "./plan.rules.ts";
import { isNameTaken } from "./queue-options.rules.ts";
import { deleteMusic, insertMusic } from "./queue-settings.pg.ts";
import type { HoldMusic } from "./routing.ports.ts";
import type { Change, Changed, SettingsDeps } from "./settings.changes.ts";
import { fault, type SettingsError } from "./settings.errors.ts";

const MAX_MUSIC = 50;
/** Shorter music is a jingle that drives callers mad, and a switch that begins anew all the time. */
const LEAST_MUSIC_MS = 2_000;

/** Makes an uploaded sound playable, at `path`, which is absolute. The words say to an admin why it is not taken. */
export type KeepSound = (sound: Uint8Array, path: string) => Promise<Result<{ readonly durationMs: number }, { readonly type: "sound-refused"; readonly words: string }>>;

/** A sound at `path` as browsers play it; null when it is not there. */
export type HearSound = (path: string) => Promise<Uint8Array | null>;

export interface MusicSettings {
  readonly list: () => readonly MusicView[];
  readonly hear: (id: HoldMusicId) => Promise<Result<{ readonly durationMs: Millis; readonly wav: Uint8Array }, SettingsError>>;
  readonly upload: (by: UserId, name: string, sound: Uint8Array) => Changed<MusicView>;
  readonly remove: (by: UserId, id: HoldMusicId) => Changed<void>;
}

/** `media` is the media folder, absolute. */
export function createMusicSettings(deps: SettingsDeps & { readonly change: Change; readonly media: string; readonly keepSound: KeepSound; readonly hearSound: HearSound }): MusicSettings {
  const { queues, change, audit, clock, media } = deps;
  const playedBy = (id: HoldMusicId) => queues.all().filter((queue) => queue.musicId === id);
  const viewOf = ({ id, name, durationMs }: HoldMusic): MusicView => ({
    id, name, durationMs: durationMs as MusicView["durationMs"], queues: playedBy(id).map((queue) => ({ id: queue.id, displayName: queue.displayName })),
  });
  const refused = (id: string, name: string): Result<never, SettingsError> | null => {
    if (isNameTaken(queues.music(), { id, name })) return err(fault("/name", "Other music has this name"));
    return queues.music().length >= MAX_MUSIC ? err({ type: "too-many", limit: MAX_MUSIC }) : null;
  };
  return {
    list: () => queues.music().map(viewOf),
    hear: async (id) => {
      const music = queues.music().find((each) => each.id === id);
      const wav = music === undefined ? null : await deps.hearSound(join(media, musicPath(id)));
      return music === undefined || wav === null ? err({ type: "setting-missing" }) : ok({ durationMs: music.durationMs as Millis, wav });
    },
    upload: async (by, name, sound) => {
      const id = newId<HoldMusicId>();
      const early = refused(id, name);
      if (early !== null) return early;
      const file = join(media, musicPath(id));
      const sounding = await kept(deps.keepSound, file, sound);
      if (!sounding.ok) return sounding;
      const music: HoldMusic = { id, name, durationMs: sounding.value };
      const stored = await change<MusicView>(() => refused(id, name) ?? ok({ write: (trx) => insertMusic(trx, music, clock.now()), done: () => {
        void audit.record(by, "hold-music.uploaded", null, music);
        const known = queues.music().find((each) => each.id === id);
        invariant(known !== undefined, "music that was just stored is known");
        return viewOf(known);
      } }));
      if (!stored.ok) await rm(file, { force: true });
      return stored;
    },
    remove: async (by, id) => {
      const removed = await change<void>(() => {
        const before = queues.music().find((each) => each.id === id);
        if (before === undefined) return err({ type: "setting-missing" });
        const used = playedBy(id);
        if (used.length > 0) return err({ type: "setting-in-use", by: used.map((queue) => `the queue “${queue.displayName}”`) });
        return ok({ write: (trx) => deleteMusic(trx, id), done: () => { void audit.record(by, "hold-music.deleted", before, null); } });
      });
      // A caller may still hear it: an open file is played to its end.
      if (removed.ok) await rm(join(media, musicPath(id)), { force: true });
      return removed;
    },
  };
}

/** The value is how long it plays, milliseconds. */
async function kept(keepSound: KeepSound, file: string, sound: Uint8Array): Promise<Result<number, SettingsError>> {
  const made = await keepSound(sound, file);
  if (!made.ok) return err(fault("/base64", made.error.words));
  if (made.value.durationMs >= LEAST_MUSIC_MS) return ok(made.value.durationMs);
  await rm(file, { force: true });
  return err(fault("/base64", "Music plays for at least two seconds"));
}
