// How a process that the launcher started talks to it: it says when it is ready, and it ends when the launcher is gone.
import { z } from "zod";

/**
 * How Node runs the switch. A packet leaves a buffer and two objects behind that die at once, and the nursery in which they are made
 * would grow to 32 MB: more than the old generation has room for, so that V8 marks the whole heap every few seconds and holds
 * packets up for 20 ms (`docs/protocols/rtp.md`). A smaller one is emptied more often instead, in about a millisecond.
 */
export const switchNodeFlags: readonly string[] = ["--max-semi-space-size=16"];

/** What a lifeline needs of a process; Node's `process` fits. `send` is absent when started by hand. */
export interface ChildProcessLike {
  readonly connected?: boolean;
  send?(message: unknown): unknown;
  on(event: "disconnect" | "SIGTERM" | "SIGINT", listener: () => void): unknown;
}

/** Sent once by each process when it serves. `details` is the process's own, e.g. the number to call. */
export type ReadyMessage = { readonly ready: true; readonly details: Readonly<Record<string, string>> };

export type Lifeline = {
  /** Tells the launcher that this process serves. Without a launcher it does nothing. */
  readonly ready: (details?: Readonly<Record<string, string>>) => void;
};

/**
 * Ties a process to the launcher that started it. `stop` is called at most once: at SIGTERM, at SIGINT, and
 * when the channel to the launcher closes, which it also does when the launcher is killed with -9.
 * `stop` must end the process.
 */
export function lifeline(child: ChildProcessLike, stop: (why: "signal" | "launcher-gone") => void): Lifeline {
  let stopping = false;
  const once = (why: "signal" | "launcher-gone"): void => {
    if (stopping) return;
    stopping = true;
    stop(why);
  };
  child.on("SIGTERM", () => once("signal"));
  child.on("SIGINT", () => once("signal"));
  if (child.send !== undefined) child.on("disconnect", () => once("launcher-gone"));
  return {
    ready: (details = {}) => {
      if (child.connected !== true) return;
      child.send?.({ ready: true, details } satisfies ReadyMessage);
    },
  };
}

/** The ready message of a child, or null for anything else that arrives on the channel. */
export function readReady(message: unknown): ReadyMessage | null {
  if (typeof message !== "object" || message === null || !("ready" in message) || message.ready !== true) return null;
  const details = "details" in message && typeof message.details === "object" && message.details !== null ? message.details : {};
  const words = Object.entries(details).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { ready: true, details: Object.fromEntries(words) };
}

/** What the server tells with its readiness. It sends the same words as {@link ReadyMessage} details; absent means null. */
export type ServerDetails = {
  /** `needed`: no workspace yet, the page creates it (ORG-1). */
  readonly setup: "needed" | "done";
  readonly ownerEmail: string | null;
  /** A number to call, E.164. */
  readonly supportNumber: string | null;
  /** Whom the sample workspace of an unattended first start can sign in as. Told once, and only where everything is a sandbox. */
  readonly sampleUsers: readonly SampleUser[];
};
const sampleUser = z.object({ name: z.string(), email: z.string(), password: z.string() });
export type SampleUser = Readonly<z.output<typeof sampleUser>>;

/** Sample users as one word of the details, and back. What is no list of them is an empty one. */
export const sampleUsersWord = (users: readonly SampleUser[]): string => JSON.stringify(users);
const sampleUsersOf = (word: string): readonly SampleUser[] => {
  try {
    return z.array(sampleUser).catch([]).parse(JSON.parse(word));
  } catch {
    return [];
  }
};

/** The server's details out of a ready message. */
export function readServerDetails(details: Readonly<Record<string, string>>): ServerDetails {
  return {
    setup: details["setup"] === "needed" ? "needed" : "done",
    ownerEmail: details["ownerEmail"] ?? null,
    supportNumber: details["supportNumber"] ?? null,
    sampleUsers: sampleUsersOf(details["sampleUsers"] ?? ""),
  };
}
