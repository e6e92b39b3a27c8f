import { expect, test } from "vitest";
import { browserOf, microphoneHelp } from "./microphone-help.ts";

test("the browser at hand is known by its user agent", () => {
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")).toBe("chromium");
  expect(browserOf("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0")).toBe("chromium");
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe("firefox");
  expect(browserOf("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15")).toBe("safari");
});

test("CALL-9 a denied microphone shows how to grant it in each browser", () => {
  const titles = new Set((["chromium", "firefox", "safari"] as const).map((browser) => microphoneHelp("denied", browser, true).steps[0]));
  expect(titles.size).toBe(3);
  for (const why of ["no-device", "in-use", "other"] as const) expect(microphoneHelp(why, "chromium", true).steps.at(-1)).toBe("Choose Try again.");
  expect(microphoneHelp("other", "chromium", false).title).toContain("secure");
});
