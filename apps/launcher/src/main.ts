// The launcher: reads the settings, opens the data folder, starts the processes and keeps them running.
import { lstatSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeProblem, parseConfig, type Config } from "@ringdesk/contract/config";
import { readyBlock } from "./banner.ts";
import { checkCertificate, microphoneWarning } from "./certificate.ts";
import { helpText, parseArguments } from "./cli.ts";
import { openDataFolder, type DataFolder } from "./data-folder.ts";
import { createHouse, type House } from "./house.ts";
import { cleanLeftovers } from "./leftovers.ts";
import { acquireLock } from "./lock.ts";
import { checkPorts } from "./ports.ts";
import { createTerminal } from "./terminal.ts";
import { ensureWebBuild } from "./web-build.ts";

const EXIT_REFUSED = 1;
/** npm and the terminal both pass a Ctrl-C on; what comes this soon after the first is the same one. */
const SAME_SIGNAL_MS = 500;
const LOCK_FILE = "launcher.lock";
/** What a launcher's command line holds, whether started by start.js or directly. */
const LAUNCHER_PROGRAM = "apps/launcher";

const startedAt = performance.now();
const checkout = resolve(import.meta.dirname, "../../..");
const terminal = createTerminal(process.stdout, process.env, () => new Date());

function refuse(lines: readonly string[]): never {
  process.stderr.write(["", "Ringdesk did not start.", ...lines.map((line) => `  ${line}`), "", ""].join("\n"));
  process.exit(EXIT_REFUSED);
}

function readConfig(): Config {
  const config = parseConfig(process.env);
  return config.ok ? config.value : refuse(config.error.map(describeProblem));
}

async function openFolder(config: Config): Promise<DataFolder> {
  const folder = openDataFolder(config.dataFolder);
  if (!folder.ok) return refuse([`RINGDESK_DATA is ${folder.error.path}: ${folder.error.reason}.`]);
  const lock = acquireLock(join(folder.value.run, LOCK_FILE), LAUNCHER_PROGRAM);
  if (!lock.ok) return refuse([`Another Ringdesk (process ${lock.error.pid}) uses the data folder ${folder.value.root}.`, "Stop that one, or set RINGDESK_DATA to another folder."]);
  process.on("exit", () => lock.value.release());
  for (const { name, pid, end } of await cleanLeftovers(folder.value.run, folder.value.sockets)) {
    terminal.warn(name, `of an earlier start still ran (process ${pid}); ${end}`);
  }
  return folder.value;
}

function onStopWish(stop: (forced: boolean) => void): void {
  let first: number | null = null;
  const wish = (): void => {
    if (first !== null && performance.now() - first < SAME_SIGNAL_MS) return;
    stop(first !== null);
    first ??= performance.now();
  };
  process.on("SIGINT", wish);
  process.on("SIGTERM", wish);
  process.on("disconnect", wish); // start.js is gone
}

function stopWith(house: House): (forced: boolean) => void {
  return (forced) => {
    if (forced) {
      house.force();
      process.exit(EXIT_REFUSED);
    }
    terminal.line("\nStopping. Once more Ctrl-C forces it.");
    void house.stop().then(() => {
      terminal.line("Ringdesk has stopped.");
      process.exit();
    });
  };
}

/** Refuses a certificate that cannot be used. Answers what to warn of. */
function checkPages(config: Config): readonly string[] {
  const microphone = microphoneWarning(config);
  if (config.tls === null) return microphone === null ? [] : [microphone];
  const checked = checkCertificate(config.tls, config.publicUrl, new Date());
  return checked.ok ? checked.value : refuse([checked.error]);
}

async function run(config: Config): Promise<void> {
  const warnings = checkPages(config);
  terminal.line("Starting Ringdesk …");
  const folder = await openFolder(config);
  const ports = await checkPorts(config);
  if (ports.length > 0) refuse(ports.map(({ message }) => message));
  const program = (name: string): string => join(checkout, "apps", name, "src/main.ts");
  const programs = { switch: program("switch"), speech: program("speech"), server: program("server") };
  const pagesReady = async (): Promise<string | null> => {
    const built = await ensureWebBuild(checkout);
    return built.ok ? null : built.error;
  };
  const house = createHouse(config, folder, programs, process.env, terminal, pagesReady);
  if (!house.ok) return refuse([house.error]);
  onStopWish(stopWith(house.value));
  const ready = await house.value.start();
  if (!ready.ok) {
    await house.value.stop();
    return refuse(ready.error.split("\n"));
  }
  terminal.line(readyBlock(config, ready.value, describeData(folder), performance.now() - startedAt, terminal));
  // Last, where they are seen.
  for (const warning of warnings) terminal.warn("pages", warning);
}

/** Where the data are; the database may lie elsewhere (see openCluster). */
function describeData(folder: DataFolder): string {
  const postgres = join(folder.root, "postgres");
  const isLink = lstatSync(postgres, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? `${folder.root}, its database in ${realpathSync(postgres)}` : folder.root;
}

async function main(): Promise<void> {
  const command = parseArguments(process.argv.slice(2));
  if (!command.ok) return refuse([`${command.error} is not known. npm start -- --help shows what is.`]);
  if (command.value === "help") return terminal.line(helpText(terminal));
  const config = readConfig();
  if (command.value === "check") {
    for (const warning of checkPages(config)) terminal.warn("pages", warning);
    return terminal.line("The settings are valid.");
  }
  await run(config);
}

await main();
