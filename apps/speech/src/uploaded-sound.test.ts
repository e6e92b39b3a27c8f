import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readUploadedSound } from "./uploaded-sound.ts";

/** Files that are not what they seem, each with what is expected of whoever takes it. */
const corpus = join(import.meta.dirname, "../../../../shared/reference");
const present = existsSync(join(corpus, "files/manifest.json"));
if (!present) process.stderr.write("uploaded-sound.test.ts: corpus skipped, no ../shared/reference beside this checkout\n");
type Entry = { readonly file: string; readonly expect: string };
const manifest = present ? (JSON.parse(readFileSync(join(corpus, "files/manifest.json"), "utf8")) as readonly Entry[]) : [];

const isSound = (file: string): boolean => /^files\/(mp3|wav)\//.test(file);
/** Whether it is to be taken; null where the manifest leaves it open. */
function isWanted({ file, expect: words }: Entry): boolean | null {
  if (!isSound(file)) return false;
  if (words.startsWith("reject")) return words.startsWith("reject or accept") ? null : false;
  return words.includes("|") || words.startsWith("no crash") ? null : true;
}

describe.skipIf(!present)("NUM-5 files that are not what they seem", () => {
  test.each(manifest)("$file: $expect", async (each) => {
    const sound = await readUploadedSound(new Uint8Array(readFileSync(join(corpus, each.file))));
    const wanted = isWanted(each);
    if (wanted !== null) expect([sound.ok, sound.ok ? "" : sound.error.fault]).toEqual([wanted, wanted ? "" : expect.any(String)]);
    if (!sound.ok) return;
    const seconds = /([\d.]+) s$/.exec(each.expect)?.[1];
    if (seconds !== undefined) expect(sound.value.length / 8_000).toBeCloseTo(Number(seconds), 2);
    expect(sound.value.every((sample) => Number.isFinite(sample) && Math.abs(sample) < 8.5)).toBe(true);
  });
});
