import { open } from "node:fs/promises";

/** Names that were made in `folder` are there after a loss of power too: a file's own sync does not do that. Rejects as the disk does. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
