// Which TURN servers this browser may use. Known before a call, so that connecting waits for nothing.
import { nowMs } from "../machine/run-machine.ts";
import { request } from "../api/client.ts";

/** Connecting does not wait longer than this for them: most agents need none. */
const LONGEST_WAIT_MS = 800;
/** Without an answer the server is asked again at the next connection after this long. */
const AGAIN_MS = 5_000;

let known: readonly RTCIceServer[] = [];
let staleAt = 0;
let asking: Promise<void> | null = null;

async function ask(): Promise<void> {
  const result = await request("getIceServers", {});
  if (result.ok) known = result.value.servers;
  // Asked anew at half of their time: a call goes on with what it began with.
  staleAt = nowMs() + (result.ok ? result.value.validMs / 2 : AGAIN_MS);
  asking = null;
}

/** Asks for the servers if they are not known or will end. */
export function prepareIceServers(): Promise<void> {
  if (nowMs() < staleAt) return Promise.resolve();
  asking ??= ask();
  return asking;
}

/** The servers for a connection that begins now. */
export async function iceServers(): Promise<RTCIceServer[]> {
  await Promise.race([prepareIceServers(), new Promise((resolve) => { setTimeout(resolve, LONGEST_WAIT_MS); })]);
  return [...known];
}
