import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { err, ok } from "@ringdesk/std";
import type { PromptUnavailable, Voice } from "./prompts.ports.ts";
import { createPrompts } from "./wiring.ts";

/** A voice that writes 800 bytes, 100 ms, for each word. */
async function room() {
  const media = await mkdtemp(join(tmpdir(), "rd-prompts-"));
  const asked: string[] = [];
  const world: { refuse: PromptUnavailable["why"] | null; gate: Promise<void> } = { refuse: null, gate: Promise.resolve() };
  const voice: Voice = {
    speak: async ({ text, locale, outPath }) => {
      asked.push(`${locale} ${text}`);
      await world.gate;
      if (world.refuse !== null) {
        await writeFile(outPath, "half");
        return err({ type: "prompt-unavailable", why: world.refuse, detail: "test" });
      }
      const words = text.split(" ").length;
      await writeFile(outPath, Buffer.alloc(words * 800, 0xff));
      return ok({ durationMs: words * 100 });
    },
  };
  const make = () => createPrompts({ media, voice, log: pino({ level: "silent" }) });
  return { media, asked, world, make, prompts: make() };
}

test("a text is spoken once, and its file is what the switch can play", async () => {
  const r = await room();
  const first = await r.prompts.greeting("Thank you  for\ncalling", "en-US");
  if (!first.ok) throw new Error(first.error.detail);
  expect(first.value.durationMs).toBe(400);
  expect(first.value.path).toMatch(/^prompts\/[0-9a-f]{64}\.ulaw$/);
  expect(await readFile(join(r.media, first.value.path))).toHaveLength(3_200);
  expect(await r.prompts.greeting("Thank you for calling ", "en-US")).toEqual(first);
  expect(await r.make().greeting("Thank you for calling", "en-US")).toEqual(first); // after a restart
  expect(r.asked).toEqual(["en-US Thank you for calling"]);
  const other = await r.prompts.greeting("Thank you for calling", "en-CA");
  expect(other.ok && other.value.path).not.toBe(first.value.path);
});

test("many calls at once for a new text speak it once", async () => {
  const r = await room();
  let open = (): void => {};
  r.world.gate = new Promise((resolve) => { open = resolve; });
  const all = Array.from({ length: 50 }, () => r.prompts.greeting("hello", "en-US"));
  open();
  expect(new Set((await Promise.all(all)).map((p) => JSON.stringify(p))).size).toBe(1);
  expect(r.asked).toHaveLength(1);
});

test("no voice is a value, leaves nothing behind, and is tried again", async () => {
  const r = await room();
  r.world.refuse = "engine-away";
  expect(await r.prompts.greeting("hello", "en-US")).toMatchObject({ ok: false, error: { why: "engine-away" } });
  expect(await readdir(join(r.media, "prompts"))).toEqual([]);
  r.world.refuse = null;
  expect(await r.prompts.greeting("hello", "en-US")).toMatchObject({ ok: true });
  expect(await readdir(join(r.media, "prompts"))).toHaveLength(1);
});

test("a disk that refuses is a value; a text of nothing is not spoken", async () => {
  const r = await room();
  await writeFile(join(r.media, "prompts"), "a file where the folder should be");
  expect(await r.prompts.greeting("hello", "en-US")).toMatchObject({ ok: false, error: { why: "disk" } });
  expect(await r.prompts.greeting(" \n ", "en-US")).toMatchObject({ ok: false, error: { why: "empty" } });
});
