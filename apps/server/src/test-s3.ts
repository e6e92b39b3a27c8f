// An S3 server for tests, on this machine: it checks signatures as S3 does, and keeps its objects in a folder.
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Config } from "@ringdesk/contract/config";

const require = createRequire(import.meta.url);
/** What is used of it; it comes without types. */
const S3rver = require("@20minutes/s3rver") as new (options: {
  readonly address: string; readonly port: number; readonly silent: boolean; readonly directory: string; readonly configureBuckets: readonly { readonly name: string }[];
}) => { readonly run: () => Promise<{ readonly port: number }>; readonly close: () => Promise<void> };

export type TestS3 = {
  readonly config: S3Config;
  /** Takes no more requests, as when the store is down. */
  readonly stop: () => Promise<void>;
  /** Takes requests again, at the same port, with what it had. */
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Starts one with an empty bucket. */
export async function startS3(): Promise<TestS3> {
  const directory = await mkdtemp(join(tmpdir(), "rd-s3-"));
  const serve = async (port: number) => {
    const server = new S3rver({ address: "127.0.0.1", port, silent: true, directory, configureBuckets: [{ name: "calls" }] });
    return { server, port: (await server.run()).port };
  };
  let running = await serve(0);
  const { port } = running;
  return {
    config: { bucket: `http://127.0.0.1:${port}/calls/support`, region: null, accessKey: "S3RVER", secretKey: "S3RVER" },
    stop: () => running.server.close(),
    start: async () => { running = await serve(port); },
    close: async () => {
      await running.server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
