import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { soundFault } from "@ringdesk/contract/speech";
import { err, ok } from "@ringdesk/std";
import type { SoundConverter, SoundRefused } from "./prompts.ports.ts";
import { createSounds, soundRoutes } from "./wiring.ts";

/** A converter that makes a sound of the upload itself, or refuses. */
async function room() {
  const media = await mkdtemp(join(tmpdir(), "rd-sounds-"));
  const world: { refuse: SoundRefused | null } = { refuse: null };
  const convert: SoundConverter["convert"] = async ({ inPath, outPath }) => {
    await writeFile(outPath, await readFile(inPath));
    return world.refuse === null ? ok({ durationMs: 1 }) : err(world.refuse);
  };
  await mkdir(join(media, "uploads"));
  await writeFile(join(media, "uploads/left-by-a-crash"), "x");
  const sounds = await createSounds({ media, convert });
  return { media, world, sounds, routes: soundRoutes(sounds) };
}
const sound = new TextEncoder().encode("eight by");

test("an upload is converted and put at its place; nothing else is left, nor what a crash left", async () => {
  const { media, sounds } = await room();
  expect(await readdir(media)).toEqual([]);
  expect(await sounds.keep(sound, join(media, "music/a.ulaw"))).toEqual({ ok: true, value: { durationMs: 1 } });
  expect(await readFile(join(media, "music/a.ulaw"), "utf8")).toBe("eight by");
  expect(await readdir(join(media, "uploads"))).toEqual([]);
  expect(Buffer.from((await sounds.hear(join(media, "music/a.ulaw"))) ?? []).toString("utf8", 44)).toBe("eight by");
  expect(await sounds.hear(join(media, "music/b.ulaw"))).toBe(null);
});

test("NUM-4 a sound is heard before it is saved: a WAV of the telephone's audio, of which nothing is kept", async () => {
  const { media, routes } = await room();
  const heard = await routes.previewSound({ body: { base64: Buffer.from(sound).toString("base64") } });
  if (!heard.ok) throw new Error("refused");
  const wav = Buffer.from(heard.value.base64, "base64");
  expect([wav.toString("latin1", 0, 4), wav.readUInt32LE(4), wav.readUInt16LE(20), wav.readUInt32LE(24), wav.readUInt32LE(40), wav.toString("utf8", 44)]).toEqual(["RIFF", wav.length - 8, 7, 8_000, 8, "eight by"]);
  expect([await readdir(media), await readdir(join(media, "uploads"))]).toEqual([["uploads"], []]);
});

test("NUM-5 what is refused is told with its reason, at its field, and leaves nothing behind", async () => {
  const { media, world, sounds, routes } = await room();
  const told: string[] = [];
  for (const fault of soundFault.options) {
    world.refuse = { type: "sound-refused", fault, detail: fault === "empty" || fault === "silent" ? "" : "DETAIL" };
    const kept = await sounds.keep(sound, join(media, "music/a.ulaw"));
    told.push(kept.ok ? "" : kept.error.words);
  }
  expect(told).toEqual([
    "The file is empty.", "The file is too large: an MP3 has at most 5 MB, a WAV at most 10 MB.", "This is DETAIL, not an MP3 or WAV.",
    "This kind of WAV cannot be read (DETAIL). Save it as 16-bit PCM, or as MP3.", "The file is damaged: DETAIL.", "It plays for DETAIL; at most 10 minutes are taken.", "There is nothing to hear in it.",
  ]);
  world.refuse = { type: "sound-refused", fault: "not-a-sound", detail: "" };
  expect(await routes.previewSound({ body: { base64: "AAAA" } })).toMatchObject({ ok: false, error: { status: 422, errors: [{ pointer: "/base64", detail: "This is not an MP3 or WAV file." }] } });
  world.refuse = { type: "converter-away" };
  expect(await sounds.preview(sound)).toMatchObject({ ok: false, error: { words: expect.stringContaining("Try again") } });
  expect([await readdir(media), await readdir(join(media, "uploads"))]).toEqual([["uploads"], []]);
});

test("NUM-5 the size is looked at before anything is written", async () => {
  const { media, sounds } = await room();
  expect(await sounds.preview(new Uint8Array(10 * 1024 * 1024 + 1))).toMatchObject({ ok: false, error: { words: expect.stringContaining("too large") } });
  expect(await readdir(media)).toEqual([]);
});
