import { join } from "node:path";
import type { Config } from "@ringdesk/contract/config";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import type { Database } from "../platform/index.ts";
import { createDiskStore } from "./disk-store.fs.ts";
import { createRecordingKeeper } from "./keeper.service.ts";
import { homeOf } from "./recording-audio.ts";
import { createRecordingLinks } from "./recording-links.ts";
import { createKeyring } from "./recording-seal.ts";
import { createRecordingSettings } from "./recording-settings.service.ts";
import { createRecordings } from "./recordings.service.ts";
import { createS3Store } from "./s3-store.http.ts";

/** Everything that keeps recordings, as the settings say. `media` is the absolute path of the media folder. */
export function createRecordingKeeping(deps: {
  readonly config: Pick<Config, "s3" | "recordingKeys">; readonly db: Database; readonly media: string; readonly clock: Clock; readonly audit: Audit; readonly log: Logger;
  /** Tells admins in words. */
  readonly warn: (words: string) => void;
}) {
  const { config: { s3, recordingKeys }, db, media, clock, audit } = deps;
  const keyring = createKeyring(recordingKeys);
  const shelves = { local: createDiskStore(media), s3: s3 === null ? null : { bucket: s3.bucket, store: createS3Store(s3) }, keyring };
  const keeper = createRecordingKeeper({ ...deps, shelves });
  return {
    recordings: createRecordings({ db, media, shelves }),
    keeper,
    links: createRecordingLinks({ secret: keyring.secretFor("links to recordings"), clock }),
    settings: createRecordingSettings({ db, clock, audit, keeper, home: homeOf(shelves), place: s3 === null ? join(media, "recordings") : s3.bucket }),
  };
}
