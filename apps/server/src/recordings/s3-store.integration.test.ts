import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3Config } from "@ringdesk/contract/config";
import { startS3, type TestS3 } from "../test-s3.ts";
import { recordingStoreContract } from "./recording-store.contract.ts";
import { createS3Store } from "./s3-store.http.ts";

let s3: TestS3;
let folder: string;
beforeAll(async () => {
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), "rd-upload-"));
});
afterAll(() => s3.close());

describe("a bucket keeps recordings", () => {
  recordingStoreContract(() => createS3Store(s3.config), () => folder);
});

describe("REC-3 what is wrong with a bucket is a value that says so", () => {
  const putTo = async (change: Partial<S3Config>) => {
    const path = join(folder, "a.wav");
    await writeFile(path, "audio");
    return createS3Store({ ...s3.config, ...change }).put("recordings/a.wav", path);
  };
  const away = (detail: unknown) => ({ ok: false, error: { type: "away", detail, forAll: true } });
  test("a wrong secret", async () => {
    expect(await putTo({ secretKey: "guessed" })).toEqual(away(expect.stringContaining("refused with 403, SignatureDoesNotMatch")));
  });
  test("an unknown access key", async () => {
    expect(await putTo({ accessKey: "nobody" })).toEqual(away(expect.stringContaining("InvalidAccessKeyId")));
  });
  test("a bucket that is not there", async () => {
    const bucket = s3.config.bucket.replace("/calls/", "/letters/");
    expect(await putTo({ bucket })).toEqual(away(expect.stringContaining("refused with 404, NoSuchBucket")));
    expect(await createS3Store({ ...s3.config, bucket }).read("recordings/a.wav", 0, 1)).toEqual(away(expect.stringContaining("NoSuchBucket")));
  });
  test("a store that is down", async () => {
    await s3.stop();
    expect(await putTo({})).toEqual(away(expect.stringMatching(/cannot be reached: .*ECONNREFUSED/)));
    expect(await createS3Store(s3.config).remove("recordings/a.wav")).toEqual(away(expect.stringContaining("cannot be reached")));
    await s3.start();
    expect(await putTo({})).toMatchObject({ ok: true });
  });
});
