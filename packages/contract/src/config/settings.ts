import { z } from "zod";
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, password } from "../http/password.ts";

/** Fewest RTP ports worth starting with: five calls with two legs. */
export const MIN_RTP_PORTS = 10;

/** TURN servers that browsers are told of; each costs them time when a call begins. */
export const MAX_TURN_URLS = 4;
/** Shortest secret shared with a TURN server, in characters. */
const MIN_TURN_SECRET_CHARS = 16;

/** One line of the list of settings. `fallback` is what an unset or empty variable means; null: no value. */
export type Setting<T> = {
  readonly schema: z.ZodType<T, string>;
  readonly kind: "port" | "ports" | "address" | "addresses" | "file" | "folder" | "url" | "choice" | "text";
  readonly fallback: string | null;
  readonly description: string;
  /** What may stand here, in words, with an example. Shown whenever a value is refused. */
  readonly allowed: string;
  /** Its value is never printed. */
  readonly secret: boolean;
};

type SettingText = Omit<Setting<unknown>, "schema" | "secret"> & { readonly secret?: boolean };
const setting = <T>(schema: z.ZodType<T, string>, text: SettingText): Setting<T> => ({ secret: false, ...text, schema });

/** First and last UDP port, both included. */
export type PortRange = { readonly first: number; readonly last: number };
/** A peer that the SIP trunk trusts: a network, `bits` 32 (IPv4) or 128 (IPv6) for a single address. */
export type AddressRange = { readonly address: string; readonly bits: number };
/** Where calls of the SIP trunk are sent; an IPv6 address without brackets. `port` null: what DNS says. */
export type TrunkTarget = { readonly host: string; readonly port: number | null };
/** One more than the first is a fallback. */
const MAX_TRUNK_TARGETS = 8;

const MAX_PORT = 65_535;
const ADDRESS = z.union([z.ipv4(), z.ipv6()]);
const NETWORK = z.union([z.cidrv4(), z.cidrv6()]);

const port = z.string().regex(/^[1-9]\d{0,4}$/).transform(Number).refine((n) => n <= MAX_PORT);

const ports = z.string().regex(/^[1-9]\d{0,4}-[1-9]\d{0,4}$/)
  .transform((text): PortRange => {
    const [first = 0, last = 0] = text.split("-").map(Number);
    return { first, last };
  })
  .refine((range) => range.last <= MAX_PORT && range.last - range.first + 1 >= MIN_RTP_PORTS);

const advertised = ADDRESS.refine((address) => address !== "0.0.0.0" && address !== "::");

const networks = z.string().transform((text) => text.split(",").map((part) => part.trim()))
  .refine((parts) => parts.every((part) => ADDRESS.safeParse(part).success || NETWORK.safeParse(part).success))
  .transform((parts): readonly AddressRange[] => parts.map((part) => {
    const [address = "", bits] = part.split("/");
    return { address, bits: bits === undefined ? (address.includes(":") ? 128 : 32) : Number(bits) };
  }));

const HOST_AND_PORT = /^(?:([A-Za-z0-9][A-Za-z0-9.-]{0,252})|\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\])(?::([1-9]\d{0,4}))?$/;
const target = z.string().regex(HOST_AND_PORT)
  .transform((text): TrunkTarget => {
    const [, name, v6, port] = HOST_AND_PORT.exec(text) ?? [];
    return { host: name ?? v6 ?? "", port: port === undefined ? null : Number(port) };
  })
  .refine(({ host, port }) => (port ?? 1) <= MAX_PORT && (!host.includes(":") || z.ipv6().safeParse(host).success));
const targets = z.string().transform((text) => text.split(",").map((part) => part.trim())).pipe(z.array(target).min(1).max(MAX_TRUNK_TARGETS));

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};
const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) && new Intl.DisplayNames(["en"], { type: "region", fallback: "none" }).of(code) !== undefined;

const webUrl = z.url({ protocol: /^https?$/ }).refine((url) => !/[?#]/.test(url)).transform((url) => url.replace(/\/+$/, ""));
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ });
/** RFC 7065: `turn:` or `turns:`, a host, at most a port and a transport. */
const TURN_URL = /^turns?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:]{2,45}\])(?::[1-9]\d{0,4})?(?:\?transport=(?:udp|tcp))?$/;
const turnUrls = z.string().transform((text): readonly string[] => text.split(",").map((part) => part.trim()))
  .refine((urls) => urls.length <= MAX_TURN_URLS && urls.every((url) => TURN_URL.test(url)));
/** So many keys of recordings at most: the one that encrypts, and those of before. */
const MAX_RECORDING_KEYS = 4;
/** 32 bytes in base64 (RFC 4648 §4). */
const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const recordingKeys = z.string().transform((text): readonly string[] => text.split(",").map((part) => part.trim()))
  .refine((keys) => keys.length <= MAX_RECORDING_KEYS && keys.every((key) => KEY.test(key)));
const onOff = z.enum(["on", "off"]).transform((word) => word === "on");
const yesNo = z.enum(["yes", "no"]).transform((word) => word === "yes");
const line = (max: number) => z.string().min(1).max(max);

const A_PORT = "a port from 1 to 65535";
const AN_ADDRESS = "an IP address";

/**
 * Every setting of Ringdesk, the only list there is: the parser, `--help` and the documentation read it.
 * All are environment variables. An empty variable counts as not set.
 */
export const settings = {
  RINGDESK_HTTP_PORT: setting(port, { kind: "port", fallback: "8080", allowed: `${A_PORT}, e.g. 8080`,
    description: "TCP port of the web pages, the API and the live socket." }),
  RINGDESK_SIP_PORT: setting(port, { kind: "port", fallback: "5060", allowed: `${A_PORT}, e.g. 5060`,
    description: "UDP and TCP port for SIP." }),
  RINGDESK_SIPS_PORT: setting(port, { kind: "port", fallback: "5061", allowed: `${A_PORT}, e.g. 5061`,
    description: "TCP port for SIP over TLS. Used when RINGDESK_TLS_CERT is set." }),
  RINGDESK_RTP_PORTS: setting(ports, { kind: "ports", fallback: "10000-19999",
    allowed: `two ports with a hyphen, at least ${MIN_RTP_PORTS} ports, e.g. 10000-19999`,
    description: "UDP ports for the audio of SIP phones and carriers." }),
  RINGDESK_WEBRTC_PORT: setting(port, { kind: "port", fallback: "8443", allowed: `${A_PORT}, e.g. 8443`,
    description: "The one UDP port for the audio of all browsers." }),
  RINGDESK_ADDRESS: setting(advertised, { kind: "address", fallback: "127.0.0.1", allowed: `${AN_ADDRESS} other than 0.0.0.0, e.g. 203.0.113.7`,
    description: "The address that phones, carriers and browsers reach this machine at." }),
  RINGDESK_BIND: setting(ADDRESS, { kind: "address", fallback: null, allowed: `${AN_ADDRESS} of this machine, or 0.0.0.0 for all`,
    description: "The address to listen on. Not set: the same as RINGDESK_ADDRESS." }),
  RINGDESK_PUBLIC_URL: setting(webUrl, { kind: "url", fallback: null, allowed: "an http or https URL without ? and #, e.g. https://support.example.com",
    description: "The address of the pages as browsers see it. Not set: http:// (https:// with a certificate), the address and the HTTP port." }),
  RINGDESK_TLS_CERT: setting(line(1_000), { kind: "file", fallback: null, allowed: "a file, e.g. /etc/ringdesk/fullchain.pem",
    description: "The certificate in PEM, with its chain: the pages are then served by HTTPS. Needed with RINGDESK_TLS_KEY." }),
  RINGDESK_TLS_KEY: setting(line(1_000), { kind: "file", fallback: null, allowed: "a file, e.g. /etc/ringdesk/privkey.pem",
    description: "The private key of RINGDESK_TLS_CERT in PEM." }),
  RINGDESK_TURN_URL: setting(turnUrls, { kind: "url", fallback: null, allowed: `up to ${MAX_TURN_URLS} TURN URLs with commas, e.g. turn:turn.example.com:3478,turns:turn.example.com:443?transport=tcp`,
    description: "Your TURN servers, for agents whose network lets no UDP out. Needed with RINGDESK_TURN_SECRET." }),
  RINGDESK_TURN_SECRET: setting(z.string().min(MIN_TURN_SECRET_CHARS).max(200), { kind: "text", fallback: null, secret: true,
    allowed: `${MIN_TURN_SECRET_CHARS} to 200 characters, the same as static-auth-secret of coturn`,
    description: "The secret shared with the TURN servers. Agents never see it; they get credentials that end by themselves." }),
  RINGDESK_DATA: setting(line(1_000), { kind: "folder", fallback: "./data", allowed: "a folder, e.g. /var/lib/ringdesk",
    description: "The one folder that holds all data." }),
  RINGDESK_RUN: setting(line(1_000), { kind: "folder", fallback: null, allowed: "a folder, e.g. /run/ringdesk",
    description: "The folder of the sockets between the processes. Not set: run in the data folder." }),
  DATABASE_URL: setting(databaseUrl, { kind: "url", fallback: null, secret: true,
    allowed: "a URL of PostgreSQL 15 or newer, e.g. postgresql://user:password@host:5432/ringdesk",
    description: "A PostgreSQL of your own. Not set: the embedded one, in the data folder." }),
  RINGDESK_S3_BUCKET: setting(webUrl.refine((url) => !url.includes("@")), { kind: "url", fallback: null, allowed: "an http or https URL with the bucket, and a folder in it if you like, e.g. https://s3.us-east-1.amazonaws.com/my-bucket/ringdesk",
    description: "An S3-compatible bucket for finished recordings. Not set: they stay in the data folder. Needed with RINGDESK_S3_ACCESS_KEY and RINGDESK_S3_SECRET_KEY." }),
  RINGDESK_S3_REGION: setting(z.string().regex(/^[a-z0-9-]{1,64}$/), { kind: "text", fallback: null, allowed: "the name of a region, e.g. eu-central-1",
    description: "The region of the bucket. Not set: what its URL says, or else us-east-1." }),
  RINGDESK_S3_ACCESS_KEY: setting(line(200), { kind: "text", fallback: null, allowed: "1 to 200 characters",
    description: "The access key id for the bucket. It needs to read, write and delete objects, nothing else." }),
  RINGDESK_S3_SECRET_KEY: setting(line(200), { kind: "text", fallback: null, secret: true, allowed: "1 to 200 characters",
    description: "The secret access key that belongs to RINGDESK_S3_ACCESS_KEY." }),
  RINGDESK_RECORDING_KEY: setting(recordingKeys, { kind: "text", fallback: null, secret: true,
    allowed: `32 random bytes in base64, e.g. from openssl rand -base64 32; up to ${MAX_RECORDING_KEYS} with commas`,
    description: "Encrypts finished recordings with the first key; those after it still open what was encrypted before. Lost keys cannot be replaced." }),
  RINGDESK_LOG_LEVEL: setting(z.enum(["error", "warn", "info", "debug"]), { kind: "choice", fallback: "info", allowed: "error, warn, info or debug",
    description: "How much is written to the log files." }),
  RINGDESK_SANDBOX: setting(onOff, { kind: "choice", fallback: "on", allowed: "on or off",
    description: "The sandbox carrier: fictional numbers and the handset page, to try everything without a carrier." }),
  RINGDESK_PHONE_SOURCES: setting(networks, { kind: "addresses", fallback: null, allowed: "IP addresses or networks with commas, e.g. 192.0.2.0/24",
    description: "Where the SIP phones of agents may register from, beside this machine." }),
  RINGDESK_TRUNK_SOURCES: setting(networks, { kind: "addresses", fallback: null, allowed: "IP addresses or networks with commas, e.g. 192.0.2.10,198.51.100.0/24",
    description: "Where the calls of your SIP carrier come from. Calls from elsewhere get no useful answer." }),
  RINGDESK_TRUNK_TARGET: setting(targets, { kind: "addresses", fallback: null, allowed: `up to ${MAX_TRUNK_TARGETS} hosts with or without a port, e.g. sip.example.com or 192.0.2.10:5060,192.0.2.11:5060`,
    description: "Where calls to your SIP carrier go: the first that takes a call. Without a port, what DNS SRV says." }),
  RINGDESK_TRUNK_TRANSPORT: setting(z.enum(["udp", "tcp", "tls"]), { kind: "choice", fallback: "udp", allowed: "udp, tcp or tls",
    description: "How calls to your SIP carrier are sent." }),
  RINGDESK_TRUNK_USER: setting(line(128), { kind: "text", fallback: null, allowed: "1 to 128 characters",
    description: "The user name of your account at the SIP carrier. Needed with RINGDESK_TRUNK_PASSWORD." }),
  RINGDESK_TRUNK_PASSWORD: setting(line(128), { kind: "text", fallback: null, secret: true, allowed: "1 to 128 characters",
    description: "The password of your account at the SIP carrier." }),
  RINGDESK_TRUNK_REALM: setting(line(128), { kind: "text", fallback: null, allowed: "1 to 128 characters",
    description: "The only realm that gets an answer to its challenge. Not set: that of the carrier's first challenge." }),
  RINGDESK_TRUNK_REGISTER: setting(yesNo, { kind: "choice", fallback: "no", allowed: "yes or no",
    description: "Whether to register the account at the SIP carrier, so that its calls find this machine." }),
  RINGDESK_TRUNK_CHALLENGE: setting(yesNo, { kind: "choice", fallback: "no", allowed: "yes or no",
    description: "Whether calls from the SIP trunk must prove the user name and password." }),
  RINGDESK_TRUNK_DIGEST: setting(z.enum(["SHA-256", "MD5"]), { kind: "choice", fallback: null, allowed: "SHA-256 or MD5",
    description: "The only hash that RINGDESK_TRUNK_CHALLENGE offers. Not set: both; equipment that reads only the first may need MD5." }),
  RINGDESK_TRUNK_PROBE: setting(yesNo, { kind: "choice", fallback: null, allowed: "yes or no",
    description: "Whether to ask the SIP carrier every 15 s if it is there. Not set: yes when it has several addresses." }),
  RINGDESK_TRUNK_SIGNAL_HOLD: setting(yesNo, { kind: "choice", fallback: "no", allowed: "yes or no",
    description: "Whether to tell the SIP carrier when a call is put on hold. The customer hears music either way." }),
  RINGDESK_TRUNK_CA: setting(line(1_000), { kind: "file", fallback: null, allowed: "a file, e.g. /etc/ringdesk/carrier-ca.pem",
    description: "A certificate authority in PEM that is trusted for the SIP carrier, beside those of the system." }),
  RINGDESK_SETUP_ORGANISATION: setting(line(200), { kind: "text", fallback: null, allowed: "1 to 200 characters",
    description: "Unattended first start: the name of the organisation." }),
  RINGDESK_SETUP_TIME_ZONE: setting(z.string().refine(isTimeZone), { kind: "text", fallback: "UTC", allowed: "a time zone of the IANA list, e.g. America/New_York",
    description: "Unattended first start: the time zone of the organisation." }),
  RINGDESK_SETUP_COUNTRY: setting(z.string().refine(isCountry), { kind: "text", fallback: "US", allowed: "two capital letters of ISO 3166, e.g. US",
    description: "Unattended first start: the country of the organisation." }),
  RINGDESK_SETUP_OWNER_NAME: setting(line(200), { kind: "text", fallback: null, allowed: "1 to 200 characters",
    description: "Unattended first start: the owner's name." }),
  RINGDESK_SETUP_OWNER_EMAIL: setting(z.email().max(254), { kind: "text", fallback: null, allowed: "an e-mail address, e.g. owner@example.com",
    description: "Unattended first start: what the owner signs in with." }),
  RINGDESK_SETUP_OWNER_PASSWORD: setting(password, { kind: "text", fallback: null, secret: true,
    allowed: `${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS} characters`,
    description: "Unattended first start: the owner's password." }),
  RINGDESK_SETUP_SAMPLE: setting(yesNo, { kind: "choice", fallback: "yes", allowed: "yes or no",
    description: "Unattended first start: whether to load the sample workspace." }),
} as const;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];
