import { maskArguments } from "@ringdesk/contract/log";
import { pino, type DestinationStream, type Logger } from "pino";

/** The switch's logger: JSON lines. Numbers and addresses of people appear at level debug only, whoever writes them (SEC-6). */
export function createLog(level: "error" | "warn" | "info" | "debug", destination?: DestinationStream): Logger {
  return pino({
    level,
    base: { process: "switch" },
    hooks: {
      logMethod(args, method, number) {
        method.apply(this, maskArguments(args, number) as typeof args);
      },
    },
  }, destination ?? pino.destination({ dest: 1, sync: true }));
}
