import { isIPv6 } from "node:net";
import { pino, type DestinationStream, type Logger } from "pino";

/** Digits, with or without plus, that stand alone and are long enough to be a telephone number. */
const NUMBER = /(?<![A-Za-z0-9_-])\+?\d{7,15}(?![A-Za-z0-9_-])/g;
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
/** What may be an IPv6 address; `isIPv6` decides, since a time of day looks alike. */
const COLONS = /(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![0-9A-Za-z:])/g;
const SHOWN_DIGITS = 4;
/** Nested values deeper than this are left out of a log line. */
const MAX_DEPTH = 5;
/** From pino's `debug` upwards nothing personal is written. */
const INFO_LEVEL = 30;

/** A telephone number as a log may show it: its last four digits. */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, "");
  return digits.length <= SHOWN_DIGITS ? "…" : `…${digits.slice(-SHOWN_DIGITS)}`;
}

/** Replaces what looks like a telephone number or an IP address in a text. */
export function maskText(text: string): string {
  return text.replace(IPV4, "(address)").replace(COLONS, (found) => (isIPv6(found) ? "(address)" : found)).replace(NUMBER, maskNumber);
}

function maskValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "…";
  if (value instanceof Error) return { type: value.name, message: maskText(value.message), stack: maskText(value.stack ?? "") };
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item, depth + 1)]));
}

/** The switch's logger: JSON lines. Telephone numbers and IP addresses appear at level debug only, whoever writes them. */
export function createLog(level: "error" | "warn" | "info" | "debug", destination?: DestinationStream): Logger {
  return pino({
    level,
    base: { process: "switch" },
    hooks: {
      logMethod(args, method, number) {
        const masked = number < INFO_LEVEL ? args : args.map((arg) => maskValue(arg));
        method.apply(this, masked as typeof args);
      },
    },
  }, destination ?? pino.destination({ dest: 1, sync: true }));
}
