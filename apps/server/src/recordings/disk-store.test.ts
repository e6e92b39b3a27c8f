import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { createDiskStore } from "./disk-store.fs.ts";
import { recordingStoreContract } from "./recording-store.contract.ts";

describe("the disk keeps recordings", () => {
  const folder = mkdtempSync(join(tmpdir(), "rd-disk-"));
  mkdirSync(join(folder, "recordings"));
  recordingStoreContract(() => createDiskStore(folder), () => folder);
});
