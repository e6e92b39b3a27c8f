// The process that holds the calls: configuration, log, start, stop. Everything else is in start-switch.ts.
import { describeProblem, parseConfig, type Config } from "@ringdesk/contract/config";
import { lifeline } from "@ringdesk/contract/process";
import { createLog } from "./log.ts";
import { startSwitch, STOP_LIMIT_MS } from "./start-switch.ts";

/** Exit codes: the launcher starts the switch again after a crash, and gives up on a refused configuration. */
const EXIT_BAD_CONFIG = 78;
const EXIT_CRASH = 1;

const config = parseConfig(process.env);
if (config.ok) await run(config.value);
else {
  for (const problem of config.error) process.stderr.write(`${describeProblem(problem)}\n`);
  process.exitCode = EXIT_BAD_CONFIG;
}

async function run(settings: Config): Promise<void> {
  const log = createLog(settings.logLevel);
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, "the switch failed by a bug and restarts");
    process.exit(EXIT_CRASH);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const started = await startSwitch(settings, log);
  if (!started.ok) {
    log.fatal({ detail: started.error.detail }, "the switch cannot start");
    process.exit(EXIT_CRASH);
  }
  const { ready } = lifeline(process, (why) => {
    log.info({ why }, "stopping");
    setTimeout(() => process.exit(EXIT_CRASH), STOP_LIMIT_MS).unref();
    void started.value.stop().then(() => process.exit(0));
  });
  log.info({ epoch: started.value.epoch, sipPort: started.value.sipPort }, "the switch serves");
  ready();
}
