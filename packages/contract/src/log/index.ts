// What a log may show (SEC-6): above level debug no telephone number and no IP address, whoever writes the line.
import { z } from "zod";

/** Digits, with or without plus, that stand alone and are long enough to be a telephone number. */
const NUMBER = /(?<![A-Za-z0-9_-])\+?\d{7,15}(?![A-Za-z0-9_-])/g;
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
/** What may be an IPv6 address; zod decides, since a time of day looks alike. */
const COLONS = /(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![0-9A-Za-z:])/g;
const IPV6 = z.ipv6();
const EMAIL = /[^\s"'<>@]{1,64}@[A-Za-z0-9.-]{1,255}/g;
const SHOWN_DIGITS = 4;
/** Nested values deeper than this are left out of a log line. */
const MAX_DEPTH = 6;

/** A telephone number as a log may show it: its last four digits. */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, "");
  return digits.length <= SHOWN_DIGITS ? "…" : `…${digits.slice(-SHOWN_DIGITS)}`;
}

/** Replaces what looks like a telephone number, an IP address or an e-mail address in a text. */
export function maskText(text: string): string {
  return text.replace(IPV4, "(address)").replace(COLONS, (found) => (IPV6.safeParse(found).success ? "(address)" : found))
    .replace(EMAIL, "(e-mail)").replace(NUMBER, maskNumber);
}

/** From pino's `debug` upwards nothing personal is written. */
const INFO_LEVEL = 30;

/** The arguments of a call of pino's logger, as a line of that level may show them. */
export const maskArguments = (args: readonly unknown[], level: number): unknown[] => (level < INFO_LEVEL ? [...args] : args.map((arg) => maskValue(arg)));

/** The same for all texts within a value, e.g. an argument of a logger. An error keeps its name, message and stack. */
export function maskValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "…";
  if (value instanceof Error) return { type: value.name, message: maskText(value.message), stack: maskText(value.stack ?? "") };
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item, depth + 1)]));
}
