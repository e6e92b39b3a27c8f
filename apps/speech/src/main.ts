// The speech process: turns texts and uploaded sounds into telephone audio for the server.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describeProblem, parseConfig } from "@ringdesk/contract/config";
import { lifeline } from "@ringdesk/contract/process";
import { pino } from "pino";
import { createEngineProcess, ENGINE_LIMITS, SOUND_LIMITS } from "./engine-process.ts";
import { serveSpeech } from "./socket-server.ts";
import { createSpeaker } from "./speaker.ts";

const log = pino({ name: "speech" });
const config = parseConfig(process.env);
if (!config.ok) {
  for (const problem of config.error) log.error({ setting: problem.setting }, describeProblem(problem));
  process.exit(1);
}
log.level = config.value.logLevel;

const socketPath = join(config.value.runFolder, "speech.sock");
const voice = createEngineProcess(fileURLToPath(new URL("./engine.child.ts", import.meta.url)), ENGINE_LIMITS);
const sounds = createEngineProcess(fileURLToPath(new URL("./sound.child.ts", import.meta.url)), SOUND_LIMITS);
const life = lifeline(process, (why) => {
  log.info({ why }, "stopping");
  voice.stop();
  sounds.stop();
  rmSync(socketPath, { force: true });
  process.exit();
});
const speaker = createSpeaker({ voice, sounds }, resolve(config.value.dataFolder, "media"), (failure) => log.warn(failure, "a text was not spoken, or a sound not converted"));
await serveSpeech(socketPath, speaker);
log.info("ready");
life.ready();
