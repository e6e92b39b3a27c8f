// The processes of a running Ringdesk, in the order in which they start and stop.
import { join } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import type { Config, Environment } from "@ringdesk/contract/config";
import { switchNodeFlags } from "@ringdesk/contract/process";
import { createOutputSink } from "./child-output.ts";
import type { DataFolder } from "./data-folder.ts";
import { openLogFile, type LogFile } from "./log-files.ts";
import { nodeService } from "./node-service.ts";
import { embeddedPostgres, type EmbeddedPostgres } from "./postgres/service.ts";
import { createService, type Service, type ServiceDetails, type ServiceReport, type ServiceSpec } from "./service.ts";
import type { Terminal } from "./terminal.ts";

export type Programs = { readonly switch: string; readonly speech: string; readonly server: string };
export type House = {
  /** Resolves with what the server said when it was ready, or with why something did not start. */
  readonly start: () => Promise<Result<ServiceDetails, string>>;
  /** Server first, so that it can finish its work; PostgreSQL last. */
  readonly stop: () => Promise<void>;
  readonly force: () => void;
};

/** `pagesReady` resolves when the web pages are built, with an error's text when they could not be; the server waits for it. */
export function createHouse(
  config: Config, folder: DataFolder, programs: Programs, env: Environment, terminal: Terminal, pagesReady: () => Promise<string | null>,
): Result<House, string> {
  const logs: LogFile[] = [];
  const sink = (name: string) => {
    const log = openLogFile(join(folder.logs, `${name}.log`));
    logs.push(log);
    return createOutputSink(name, log, terminal, Date.now);
  };
  const supervise = (spec: ServiceSpec): Service =>
    createService(spec, join(folder.run, `${spec.name}.pid`), (report) => tellOperator(spec.name, report, terminal));
  const database: Result<EmbeddedPostgres | null, string> = config.databaseUrl === null ? embeddedPostgres(folder.root, sink("postgres")) : ok(null);
  if (!database.ok) return err(database.error);
  const postgres = database.value === null ? null : supervise(database.value.spec);
  const shared = sharedEnvironment(env, folder);
  const node = (name: keyof Programs, own: Environment, flags?: readonly string[]): Service =>
    supervise(nodeService(name, programs[name], { ...shared, ...own }, sink(name), flags));
  const [phone, speech] = [node("switch", {}, switchNodeFlags), node("speech", {})];
  const server = node("server", { ...secretsOf(env), DATABASE_URL: database.value?.url ?? config.databaseUrl ?? "" });

  return ok({
    start: async () => {
      const [pages, ...first] = await Promise.all([pagesReady(), ...[postgres, phone, speech].map((one) => one?.start())]);
      if (pages !== null) return err(`The web pages could not be built:\n${pages}`);
      for (const started of first) if (started?.ok === false) return err(describeFailure(started.error.service, started.error.reason, folder));
      const started = await server.start();
      return started.ok ? ok(started.value) : err(describeFailure("server", started.error.reason, folder));
    },
    stop: async () => {
      await Promise.all([server.stop(), speech.stop()]);
      await phone.stop();
      await postgres?.stop();
      await Promise.all(logs.map((log) => log.close()));
    },
    force: () => [server, speech, phone, postgres].forEach((one) => one?.force()),
  });
}

/** The children's settings are resolved, and what only the server needs to know only the server gets. */
function sharedEnvironment(env: Environment, folder: DataFolder): NodeJS.ProcessEnv {
  const open = Object.entries(env).filter(([name]) => !isForServer(name));
  return { ...Object.fromEntries(open), NODE_ENV: env["NODE_ENV"] ?? "production", RINGDESK_DATA: folder.root, RINGDESK_RUN: folder.sockets };
}

const FOR_SERVER = ["DATABASE_URL", "RINGDESK_SETUP_", "RINGDESK_TURN_", "RINGDESK_S3_", "RINGDESK_RECORDING_"];
const isForServer = (name: string): boolean => FOR_SERVER.some((begin) => name.startsWith(begin));

const secretsOf = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => isForServer(name)));

const describeFailure = (service: string, reason: string, folder: DataFolder): string =>
  `The ${service} process did not start (${reason}). Its log: ${join(folder.logs, `${service}.log`)}`;

function tellOperator(name: string, report: ServiceReport, terminal: Terminal): void {
  if (report.what === "ended") terminal.warn(name, `ended unexpectedly (${report.how}); starting it again`);
  else if (report.again) terminal.warn(name, `is back after ${report.afterMs} ms`);
}
