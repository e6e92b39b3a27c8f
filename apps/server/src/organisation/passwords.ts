import { randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { err, ok, type Result } from "@ringdesk/std";

/** Argon2id, which is the default of the library, by the OWASP cheat sheet: 19 MiB, two passes. About 30 ms of one core. */
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Verifications at a time, so that sign-ins never take all cores from the calls. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 50;
/** Generated passwords: five groups of four letters and digits that cannot be mixed up, 99 bit. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 5;
const GROUP_CHARS = 4;

export type PasswordsBusy = { readonly type: "passwords-busy" };

export interface Passwords {
  readonly hash: (password: string) => Promise<string>;
  /** `stored` null: no such user; takes as long and answers false. */
  readonly verify: (stored: string | null, password: string) => Promise<Result<boolean, PasswordsBusy>>;
}

/** Hashes and verifies passwords off the event loop, few at a time. */
export function createPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  let nobodysHash: Promise<string> | null = null;
  const enter = async (): Promise<void> => {
    if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => { waiting.push(resolve); });
    else running += 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    hash: (password) => hash(password.normalize("NFC"), ARGON),
    verify: async (stored, password) => {
      if (waiting.length >= MAX_WAITING) return err({ type: "passwords-busy" });
      await enter();
      try {
        nobodysHash ??= hash(generatePassword(), ARGON);
        const same = await verify(stored ?? (await nobodysHash), password.normalize("NFC"));
        return ok(same && stored !== null);
      } finally {
        leave();
      }
    },
  };
}

/** A password for a person to copy, e.g. `h7kq-w2np-…`. */
export function generatePassword(): string {
  const char = (): string => ALPHABET[randomInt(ALPHABET.length)] ?? "";
  const group = (): string => Array.from({ length: GROUP_CHARS }, char).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}
