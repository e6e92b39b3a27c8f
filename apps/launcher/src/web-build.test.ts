import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { putInPlace } from "./web-build.ts";

const root = mkdtempSync(join(tmpdir(), "ringdesk-build-"));
afterAll(() => { rmSync(root, { recursive: true }); });

const folder = (name: string, text: string): string => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "index.html"), text);
  return path;
};

test("a first build is put in its place", () => {
  const place = join(root, "first/dist");
  mkdirSync(join(root, "first"));
  putInPlace(folder("grown-1", "new"), place, join(root, "aside-1"));
  expect(readFileSync(join(place, "index.html"), "utf8")).toBe("new");
});

test("a later build takes the place of the former one, which is set aside whole", () => {
  const place = folder("dist", "old");
  putInPlace(folder("grown-2", "new"), place, join(root, "aside-2"));
  expect(readFileSync(join(place, "index.html"), "utf8")).toBe("new");
  expect(readFileSync(join(root, "aside-2/index.html"), "utf8")).toBe("old");
  expect(readdirSync(root)).not.toContain("grown-2");
});
