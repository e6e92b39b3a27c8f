// Recordings in a bucket of an S3-compatible store, by the requests that all of them know: PUT, HEAD, GET with a range, DELETE.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { S3Config } from "@ringdesk/contract/config";
import { err, ok, type Result } from "@ringdesk/std";
import { AwsClient } from "aws4fetch";
import { diskFault } from "./disk-store.fs.ts";
import { bytesOfFile } from "./file-bytes.fs.ts";
import { cutOut } from "./pieces.ts";
import type { StoreFault } from "./recordings.errors.ts";
import type { RecordingStore } from "./recordings.ports.ts";

/** Until an answer begins, in milliseconds. */
const ANSWER_LIMIT_MS = 30_000;
/** The longest call has 230 MB, which a line of 2 Mbit/s carries within this. */
const UPLOAD_LIMIT_MS = 1_200_000;
/** What of a refusal is read to say why, in characters. */
const MAX_REFUSAL_CHARS = 4_096;

/** Uploads are signed with the hash of their bytes, so that what was damaged on the way is refused. Nothing is tried twice here. */
export function createS3Store(config: S3Config): RecordingStore {
  const client = new AwsClient({
    accessKeyId: config.accessKey, secretAccessKey: config.secretKey, service: "s3", retries: 0, ...(config.region === null ? {} : { region: config.region }),
  });
  const ask = async (method: string, name: string, more: { readonly headers?: Record<string, string>; readonly file?: string } = {}): Promise<Result<Response, StoreFault>> => {
    const limit = new AbortController();
    const timer = setTimeout(() => { limit.abort(new Error("no answer in time")); }, more.file === undefined ? ANSWER_LIMIT_MS : UPLOAD_LIMIT_MS);
    const bytes = more.file === undefined ? null : bytesOfFile(more.file);
    try {
      const { url, headers } = await client.sign(`${config.bucket}/${name}`, { method, headers: more.headers ?? {} });
      const body = bytes === null ? {} : { body: Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>, duplex: "half" as const };
      const answer = await fetch(url, { method, headers, signal: limit.signal, redirect: "manual", ...body });
      return answer.ok ? ok(answer) : err(await refusal(answer, method));
    } catch (error) {
      return err(away(`The S3 store cannot be reached: ${reason(error)}`));
    } finally {
      clearTimeout(timer);
      await bytes?.return(undefined); // a store that refuses does not read to the end
    }
  };
  const done = async (answer: Promise<Result<Response, StoreFault>>): Promise<Result<void, StoreFault>> => {
    const got = await answer;
    if (got.ok) await got.value.body?.cancel();
    return got.ok ? ok(undefined) : got;
  };

  return {
    put: async (name, path) => {
      const file = await measured(path);
      if (!file.ok) return file;
      const put = await done(ask("PUT", name, {
        headers: { "content-length": String(file.value.bytes), "content-type": "application/octet-stream", "x-amz-content-sha256": file.value.sha256 }, file: path,
      }));
      return !put.ok && put.error.type === "not-there" ? err(away("The S3 store has no such place")) : put;
    },
    bytes: async (name) => {
      const got = await ask("HEAD", name);
      return got.ok ? ok(Number(got.value.headers.get("content-length"))) : got;
    },
    read: async (name, first, last) => {
      const got = await ask("GET", name, { headers: { range: `bytes=${first}-${last}` } });
      if (!got.ok) return got;
      const { body, headers, status } = got.value;
      if (body === null || (status === 206 && headers.get("content-range")?.startsWith(`bytes ${first}-`) !== true)) {
        await body?.cancel();
        return err(away("The S3 store answers with other bytes than were asked for"));
      }
      return ok(cutOut(body, status === 206 ? 0 : first, last - first + 1)); // more than was asked for may be sent (RFC 9110 §14.2)
    },
    remove: async (name) => {
      const gone = await done(ask("DELETE", name));
      return !gone.ok && gone.error.type === "not-there" ? ok(undefined) : gone;
    },
  };
}

/** The length and hash that an upload is signed with. */
async function measured(path: string): Promise<Result<{ readonly bytes: number; readonly sha256: string }, StoreFault>> {
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const part of bytesOfFile(path)) {
      hash.update(part);
      bytes += part.length;
    }
    return ok({ bytes, sha256: hash.digest("hex") });
  } catch (error) {
    return err(diskFault(error));
  }
}

/**
 * S3 answers with `<Error><Code>…</Code><Message>…</Message></Error>`, to HEAD with the status alone. A 404 that does not say so
 * comes from something in between, and tells nothing of the object.
 */
async function refusal(answer: Response, method: string): Promise<StoreFault> {
  const text = (await answer.text().catch(() => "")).slice(0, MAX_REFUSAL_CHARS);
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  if (answer.status === 404 && (code === "NoSuchKey" || method === "HEAD")) return { type: "not-there" };
  const words = [code, message].filter((word) => word !== undefined).join(": ");
  return away(`The S3 store refused with ${answer.status}${words === "" ? "" : `, ${words}`}`);
}

const away = (detail: string): StoreFault => ({ type: "away", detail, forAll: true });

/** What `fetch` rejects with says little; its cause says more. */
function reason(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
