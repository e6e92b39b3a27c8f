import { err, ok, type Result } from "@ringdesk/std";
import type { z } from "zod";
import { nearest } from "./nearest.ts";
import { settingNames, settings, type AddressRange, type PortRange, type SettingName, type TrunkTarget } from "./settings.ts";

/** What an unattended first start creates (ORG-1). */
export type SetupConfig = {
  readonly organisation: string;
  readonly timeZone: string;
  readonly country: string;
  readonly ownerName: string;
  readonly ownerEmail: string;
  readonly ownerPassword: string;
  readonly sample: boolean;
};

/** The one configured SIP trunk. `sources` empty: it receives no calls. `targets` empty: it places none. */
export type TrunkConfig = {
  readonly sources: readonly AddressRange[];
  /** The first that takes a call gets it. */
  readonly targets: readonly TrunkTarget[];
  readonly transport: "udp" | "tcp" | "tls";
  readonly account: TrunkAccountConfig | null;
  /** Null: when there are several targets. */
  readonly probes: boolean | null;
  /** A file in PEM. */
  /** The carrier is told of hold. */
  readonly signalsHold: boolean;
  readonly authorityFile: string | null;
};

/** `registers`: we register there. `demanded`: its calls to us must prove it. */
export type TrunkAccountConfig = { readonly user: string; readonly password: string; readonly realm: string | null; readonly registers: boolean; readonly demanded: boolean; readonly algorithm?: "SHA-256" | "MD5" };

/** Paths of a certificate with its chain and of its private key, both PEM. */
export type TlsConfig = { readonly certFile: string; readonly keyFile: string };
/** TURN servers and the secret from which their time-limited credentials are made. */
export type TurnConfig = { readonly urls: readonly string[]; readonly secret: string };

/** A bucket of an S3-compatible store. `bucket` is its URL, perhaps with a folder, without a slash at its end. */
export type S3Config = { readonly bucket: string; readonly region: string | null; readonly accessKey: string; readonly secretKey: string };

/** The settings of a running Ringdesk, parsed and complete. */
export type Config = {
  readonly httpPort: number;
  /** Of UDP and TCP. */
  readonly sipPort: number;
  /** Of TLS; listened on when there is a certificate. */
  readonly sipsPort: number;
  readonly rtpPorts: PortRange;
  readonly webrtcPort: number;
  /** IPv4 address that goes into SIP, SDP and ICE. */
  readonly address: string;
  /** IPv4 address to listen on. */
  readonly bind: string;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** Null: the pages are served by plain HTTP. */
  readonly tls: TlsConfig | null;
  readonly turn: TurnConfig | null;
  /** As given; the launcher makes it absolute before it starts the other processes. */
  readonly dataFolder: string;
  /** Holds `switch.sock` and `speech.sock`. Elsewhere than in the data folder when that path is too long for a socket. */
  readonly runFolder: string;
  /** Null: embedded PostgreSQL. Never null in the processes that the launcher starts. */
  readonly databaseUrl: string | null;
  /** Where finished recordings go; null: the data folder. */
  readonly s3: S3Config | null;
  /** 32 bytes in base64 each. The first encrypts, all decrypt; none: recordings are not encrypted. */
  readonly recordingKeys: readonly string[];
  readonly logLevel: "error" | "warn" | "info" | "debug";
  readonly sandbox: boolean;
  /** Where agents' SIP phones may register from, beside this machine. */
  readonly phoneSources: readonly AddressRange[];
  readonly trunk: TrunkConfig | null;
  readonly setup: SetupConfig | null;
};

/** One reason not to start (OPS-5). `given` is null when nothing was given, and never a secret. */
export type ConfigProblem = {
  readonly type: "value-refused" | "value-missing" | "setting-unknown" | "ports-overlap";
  readonly setting: string;
  readonly given: string | null;
  readonly allowed: string;
};

/** Environment variables, e.g. `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Values = { readonly [N in SettingName]: z.output<(typeof settings)[N]["schema"]> | null };

const REQUIRED_FOR_SETUP = [
  "RINGDESK_SETUP_ORGANISATION", "RINGDESK_SETUP_OWNER_NAME", "RINGDESK_SETUP_OWNER_EMAIL", "RINGDESK_SETUP_OWNER_PASSWORD",
] as const satisfies readonly SettingName[];
/** Settings that mean something only together. */
const PAIRS = [
  ["RINGDESK_TLS_CERT", "RINGDESK_TLS_KEY"], ["RINGDESK_TURN_URL", "RINGDESK_TURN_SECRET"], ["RINGDESK_TRUNK_USER", "RINGDESK_TRUNK_PASSWORD"],
  ["RINGDESK_S3_BUCKET", "RINGDESK_S3_ACCESS_KEY"], ["RINGDESK_S3_BUCKET", "RINGDESK_S3_SECRET_KEY"],
] as const satisfies readonly (readonly [SettingName, SettingName])[];
const PREFIX = "RINGDESK_";
/** What of a refused value is repeated in the message, in characters. */
const MAX_SHOWN_CHARS = 80;

/**
 * Reads the settings from environment variables; variables that are not Ringdesk's are ignored.
 * All problems are reported at once: refused values, what an unattended setup lacks, names that
 * begin with RINGDESK_ and are no setting, ports that collide.
 */
export function parseConfig(env: Environment): Result<Config, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [...unknownNames(env)];
  const values = Object.fromEntries(settingNames.map((name) => [name, readOne(env, name, problems)])) as Values;
  problems.push(...missingForSetup(env), ...halfPairs(env), ...accountWithoutUser(env), ...plainUrlDespiteTls(env, values));
  if (problems.length > 0) return err(problems);
  const config = assemble(env, values);
  const overlaps = overlappingPorts(config);
  return overlaps.length > 0 ? err(overlaps) : ok(config);
}

/** One problem in one line for a terminal or a log. */
export function describeProblem(problem: ConfigProblem): string {
  switch (problem.type) {
    case "value-refused": return `${problem.setting} is ${problem.given ?? "empty"}. Allowed: ${problem.allowed}.`;
    case "value-missing": return `${problem.setting} is not set. Needed: ${problem.allowed}.`;
    case "setting-unknown": return `${problem.setting} is not a setting. ${problem.allowed}`;
    case "ports-overlap": return `${problem.setting} is ${problem.given ?? "empty"}. Allowed: ${problem.allowed}.`;
  }
}

function given(env: Environment, name: SettingName): string | null {
  const text = env[name]?.trim();
  return text === undefined || text === "" ? null : text;
}

function readOne(env: Environment, name: SettingName, problems: ConfigProblem[]): unknown {
  const { schema, fallback, allowed, secret } = settings[name];
  const text = given(env, name) ?? fallback;
  if (text === null) return null;
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  problems.push({ type: "value-refused", setting: name, given: secret ? "(hidden)" : shown(text), allowed });
  return null;
}

/** A value as it may stand in a message: quoted, short, without control characters. */
function shown(text: string): string {
  const cut = text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
  return JSON.stringify(cut);
}

function unknownNames(env: Environment): ConfigProblem[] {
  const known: readonly string[] = settingNames;
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.includes(name)).sort().map((name) => {
    const meant = nearest(name, settingNames, PREFIX);
    const allowed = meant === null ? "npm start -- --help lists all settings." : `Did you mean ${meant}?`;
    return { type: "setting-unknown", setting: name, given: null, allowed };
  });
}

const wantsSetup = (env: Environment): boolean =>
  settingNames.some((name) => name.startsWith("RINGDESK_SETUP_") && given(env, name) !== null);

function missingForSetup(env: Environment): ConfigProblem[] {
  if (!wantsSetup(env)) return [];
  return REQUIRED_FOR_SETUP.filter((name) => given(env, name) === null).map((name) => ({
    type: "value-missing", setting: name, given: null, allowed: `${settings[name].allowed}, because another RINGDESK_SETUP_ setting is set`,
  }));
}

function halfPairs(env: Environment): ConfigProblem[] {
  return PAIRS.flatMap(([one, other]) => {
    if ((given(env, one) === null) === (given(env, other) === null)) return [];
    const [there, missing] = given(env, one) === null ? [other, one] : [one, other];
    return [{ type: "value-missing", setting: missing, given: null, allowed: `${settings[missing].allowed}, because ${there} is set` }];
  });
}

/** Registering and challenging need an account. */
function accountWithoutUser(env: Environment): ConfigProblem[] {
  const wanting = (["RINGDESK_TRUNK_REGISTER", "RINGDESK_TRUNK_CHALLENGE"] as const).find((name) => given(env, name) === "yes");
  if (wanting === undefined || given(env, "RINGDESK_TRUNK_USER") !== null) return [];
  return [{ type: "value-missing", setting: "RINGDESK_TRUNK_USER", given: null, allowed: `${settings.RINGDESK_TRUNK_USER.allowed}, because ${wanting} is yes` }];
}

/** Cookies and HSTS go by the public URL: with a certificate of our own it cannot be http. */
function plainUrlDespiteTls(env: Environment, values: Values): ConfigProblem[] {
  const url = values.RINGDESK_PUBLIC_URL;
  if (given(env, "RINGDESK_TLS_CERT") === null || url === null || url.startsWith("https:")) return [];
  return [{ type: "value-refused", setting: "RINGDESK_PUBLIC_URL", given: shown(url), allowed: "an https URL, because RINGDESK_TLS_CERT is set" }];
}

/** Only called when no value was refused, so whatever has a fallback is not null. */
function assemble(env: Environment, v: Values): Config {
  const address = v.RINGDESK_ADDRESS ?? "";
  const httpPort = v.RINGDESK_HTTP_PORT ?? 0;
  const dataFolder = v.RINGDESK_DATA ?? "";
  const sources = v.RINGDESK_TRUNK_SOURCES ?? [];
  const targets = v.RINGDESK_TRUNK_TARGET ?? [];
  const tls = pair(v.RINGDESK_TLS_CERT, v.RINGDESK_TLS_KEY, (certFile, keyFile) => ({ certFile, keyFile }));
  return {
    httpPort,
    sipPort: v.RINGDESK_SIP_PORT ?? 0,
    sipsPort: v.RINGDESK_SIPS_PORT ?? 0,
    rtpPorts: v.RINGDESK_RTP_PORTS ?? { first: 0, last: 0 },
    webrtcPort: v.RINGDESK_WEBRTC_PORT ?? 0,
    address,
    bind: v.RINGDESK_BIND ?? address,
    publicUrl: v.RINGDESK_PUBLIC_URL ?? `${tls === null ? "http" : "https"}://${address.includes(":") ? `[${address}]` : address}:${httpPort}`,
    tls,
    turn: pair(v.RINGDESK_TURN_URL, v.RINGDESK_TURN_SECRET, (urls, secret) => ({ urls, secret })),
    dataFolder,
    runFolder: v.RINGDESK_RUN ?? `${dataFolder}/run`,
    databaseUrl: v.DATABASE_URL,
    s3: s3Of(v),
    recordingKeys: v.RINGDESK_RECORDING_KEY ?? [],
    logLevel: v.RINGDESK_LOG_LEVEL ?? "info",
    sandbox: v.RINGDESK_SANDBOX ?? true,
    phoneSources: v.RINGDESK_PHONE_SOURCES ?? [],
    trunk: sources.length === 0 && targets.length === 0 ? null : trunkOf(v, sources, targets),
    setup: wantsSetup(env) ? setupOf(v) : null,
  };
}

const trunkOf = (v: Values, sources: readonly AddressRange[], targets: readonly TrunkTarget[]): TrunkConfig => ({
  sources, targets,
  transport: v.RINGDESK_TRUNK_TRANSPORT ?? "udp",
  account: pair(v.RINGDESK_TRUNK_USER, v.RINGDESK_TRUNK_PASSWORD, (user, password) => ({
    user, password, realm: v.RINGDESK_TRUNK_REALM, registers: v.RINGDESK_TRUNK_REGISTER ?? false, demanded: v.RINGDESK_TRUNK_CHALLENGE ?? false,
    ...(v.RINGDESK_TRUNK_DIGEST === null ? {} : { algorithm: v.RINGDESK_TRUNK_DIGEST }),
  })),
  probes: v.RINGDESK_TRUNK_PROBE,
  signalsHold: v.RINGDESK_TRUNK_SIGNAL_HOLD ?? false,
  authorityFile: v.RINGDESK_TRUNK_CA,
});

const s3Of = ({ RINGDESK_S3_BUCKET: bucket, RINGDESK_S3_REGION: region, RINGDESK_S3_ACCESS_KEY: accessKey, RINGDESK_S3_SECRET_KEY: secretKey }: Values): S3Config | null =>
  bucket === null || accessKey === null || secretKey === null ? null : { bucket, region, accessKey, secretKey };

const pair = <A, B, T>(one: A | null, other: B | null, make: (one: A, other: B) => T): T | null =>
  one === null || other === null ? null : make(one, other);

const setupOf = (v: Values): SetupConfig => ({
  organisation: v.RINGDESK_SETUP_ORGANISATION ?? "",
  timeZone: v.RINGDESK_SETUP_TIME_ZONE ?? "",
  country: v.RINGDESK_SETUP_COUNTRY ?? "",
  ownerName: v.RINGDESK_SETUP_OWNER_NAME ?? "",
  ownerEmail: v.RINGDESK_SETUP_OWNER_EMAIL ?? "",
  ownerPassword: v.RINGDESK_SETUP_OWNER_PASSWORD ?? "",
  sample: v.RINGDESK_SETUP_SAMPLE ?? true,
});

/** SIP, WebRTC and RTP are all UDP, HTTP and SIP are TCP. */
function overlappingPorts(config: Config): ConfigProblem[] {
  const { rtpPorts, httpPort, sipPort, sipsPort, webrtcPort, tls } = config;
  const inRtp = (port: number): boolean => port >= rtpPorts.first && port <= rtpPorts.last;
  const rtp = `RINGDESK_RTP_PORTS (${rtpPorts.first}-${rtpPorts.last})`;
  const problem = (setting: SettingName, port: number, allowed: string): ConfigProblem =>
    ({ type: "ports-overlap", setting, given: String(port), allowed });
  const problems: ConfigProblem[] = [];
  if (inRtp(sipPort)) problems.push(problem("RINGDESK_SIP_PORT", sipPort, `a port outside ${rtp}`));
  if (inRtp(webrtcPort)) problems.push(problem("RINGDESK_WEBRTC_PORT", webrtcPort, `a port outside ${rtp}`));
  if (sipPort === webrtcPort) problems.push(problem("RINGDESK_WEBRTC_PORT", webrtcPort, `a port other than RINGDESK_SIP_PORT (${sipPort})`));
  if (httpPort === sipPort) problems.push(problem("RINGDESK_HTTP_PORT", httpPort, `a port other than RINGDESK_SIP_PORT (${sipPort})`));
  if (tls !== null && (sipsPort === sipPort || sipsPort === httpPort)) {
    problems.push(problem("RINGDESK_SIPS_PORT", sipsPort, `a port other than RINGDESK_SIP_PORT (${sipPort}) and RINGDESK_HTTP_PORT (${httpPort})`));
  }
  return problems;
}
