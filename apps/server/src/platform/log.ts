import { maskValue } from "@ringdesk/contract/log";
import { pino, type DestinationStream, type Logger } from "pino";

/** Above pino's `debug` nothing personal is written. */
const INFO_LEVEL = 30;

/** The server's logger: JSON lines. Numbers and addresses of people appear at level debug only, whoever writes them (SEC-6). */
export function createLog(level: "error" | "warn" | "info" | "debug", destination?: DestinationStream): Logger {
  return pino({
    level,
    base: { process: "server" },
    hooks: {
      logMethod(args, method, number) {
        const masked = number < INFO_LEVEL ? args : args.map((arg) => maskValue(arg));
        method.apply(this, masked as typeof args);
      },
    },
  }, destination ?? pino.destination({ dest: 1, sync: true }));
}
