import { watch, type FSWatcher } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createSecureContext } from "node:tls";
import type { TlsConfig } from "@ringdesk/contract/config";
import { err, ok, type Result } from "@ringdesk/std";
import type { Logger } from "pino";

/** Oldest TLS that browsers may speak (RFC 8996). */
export const OLDEST_TLS = "TLSv1.2";
/** A renewal writes two files, one after the other; both are read when nothing has changed for this long. */
const SETTLE_MS = 1_000;

export type TlsFiles = { readonly cert: string; readonly key: string };

/** Reads a certificate and its key, and makes sure that they belong together. The error is a sentence. */
export async function readTlsFiles({ certFile, keyFile }: TlsConfig): Promise<Result<TlsFiles, string>> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    createSecureContext({ cert, key });
    return ok({ cert, key });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Calls `renewed` whenever the files hold another pair that fits together, e.g. after a renewal; connections that are open go
 * on. The folders are watched and not the files: renewals replace files, or the links to them.
 */
export function watchTlsFiles(tls: TlsConfig, first: TlsFiles, log: Logger, renewed: (files: TlsFiles) => void): { readonly close: () => void } {
  let now = first;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const read = await readTlsFiles(tls);
    if (!read.ok) { log.warn({ reason: read.error }, "the renewed certificate cannot be used; the earlier one stays"); return; }
    if (read.value.cert === now.cert && read.value.key === now.key) return;
    now = read.value;
    renewed(now);
    log.info("the certificate was renewed");
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLE_MS);
  };
  const watchers: FSWatcher[] = [];
  for (const folder of new Set([dirname(tls.certFile), dirname(tls.keyFile)])) {
    try {
      watchers.push(watch(folder, soon).on("error", (error) => log.warn({ err: error }, "the certificate's folder cannot be watched; a renewal needs a restart")));
    } catch (error) {
      log.warn({ err: error }, "the certificate's folder cannot be watched; a renewal needs a restart");
    }
  }
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
