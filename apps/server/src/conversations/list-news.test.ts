import { expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createListNews } from "./list-news.ts";

test("many changes are one piece of news, and the next come later", async () => {
  const clock = createFakeClock();
  let told = 0;
  const news = createListNews({ clock, publish: () => { told += 1; } });
  for (let i = 0; i < 100; i += 1) news.changed();
  expect(told).toBe(0);
  await clock.advance(2_000);
  expect(told).toBe(1);
  await clock.advance(10_000);
  expect(told).toBe(1);
  news.changed();
  await clock.advance(2_000);
  expect(told).toBe(2);
  news.changed();
  news.stop();
  await clock.advance(2_000);
  expect(told).toBe(2);
});
