import { describe, expect, test } from "vitest";
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from "../http/index.ts";
import { describeProblem, parseConfig, settingNames, settings, type Environment } from "./index.ts";

const valid = (env: Environment) => {
  const got = parseConfig(env);
  if (!got.ok) throw new Error(got.error.map(describeProblem).join(" "));
  return got.value;
};
const problems = (env: Environment) => {
  const got = parseConfig(env);
  return got.ok ? [] : got.error;
};

const setup = {
  RINGDESK_SETUP_ORGANISATION: "Acme", RINGDESK_SETUP_OWNER_NAME: "Ada", RINGDESK_SETUP_OWNER_EMAIL: "ada@example.com",
  RINGDESK_SETUP_OWNER_PASSWORD: "a good password",
};

const trunkAccount = { RINGDESK_TRUNK_USER: "trunk", RINGDESK_TRUNK_PASSWORD: "secret" };
const tls = { RINGDESK_TLS_CERT: "/etc/cert.pem", RINGDESK_TLS_KEY: "/etc/key.pem" };
const s3 = { RINGDESK_S3_BUCKET: "https://s3.example.com/calls/ringdesk/", RINGDESK_S3_ACCESS_KEY: "id", RINGDESK_S3_SECRET_KEY: "hush" };
const turn = { RINGDESK_TURN_URL: "turn:turn.example.com:3478, turns:turn.example.com?transport=tcp", RINGDESK_TURN_SECRET: "a secret of coturn's" };

describe("parseConfig", () => {
  test("nothing set gives the defaults", () => {
    expect(valid({ PATH: "/bin", HOME: "/root" })).toEqual({
      httpPort: 8080, sipPort: 5060, sipsPort: 5061, rtpPorts: { first: 10000, last: 19999 }, webrtcPort: 8443, address: "127.0.0.1", bind: "127.0.0.1",
      publicUrl: "http://127.0.0.1:8080", tls: null, turn: null, dataFolder: "./data", runFolder: "./data/run", databaseUrl: null, s3: null, recordingKeys: [], logLevel: "info", sandbox: true, phoneSources: [], trunk: null, setup: null,
    });
  });

  test("an empty variable counts as not set", () => {
    expect(valid({ RINGDESK_HTTP_PORT: "", DATABASE_URL: " " })).toMatchObject({ httpPort: 8080, databaseUrl: null });
  });

  test("reads every kind of value", () => {
    expect(valid({
      RINGDESK_RTP_PORTS: "20000-20999", RINGDESK_ADDRESS: "203.0.113.7", RINGDESK_BIND: "0.0.0.0", RINGDESK_PUBLIC_URL: "https://desk.example.com/",
      RINGDESK_SANDBOX: "off", RINGDESK_TRUNK_SOURCES: "192.0.2.10, 198.51.100.0/24", RINGDESK_TRUNK_TARGET: "sip.example.com",
      DATABASE_URL: "postgresql://u:p@db/ringdesk",
    })).toMatchObject({
      rtpPorts: { first: 20000, last: 20999 }, bind: "0.0.0.0", publicUrl: "https://desk.example.com", sandbox: false,
      trunk: { sources: [{ address: "192.0.2.10", bits: 32 }, { address: "198.51.100.0", bits: 24 }], targets: [{ host: "sip.example.com", port: null }], transport: "udp", account: null, probes: null, signalsHold: false, authorityFile: null },
      databaseUrl: "postgresql://u:p@db/ringdesk",
    });
  });

  test("a trunk with an account, over TLS, to several targets and IPv6", () => {
    expect(valid({ ...tls, ...trunkAccount, RINGDESK_ADDRESS: "2001:db8::7", RINGDESK_TRUNK_SOURCES: "2001:db8::/32,2001:db8:1::1", RINGDESK_TRUNK_TARGET: "[2001:db8::9]:5063, sip.example.com:5061",
      RINGDESK_TRUNK_TRANSPORT: "tls", RINGDESK_TRUNK_REALM: "carrier", RINGDESK_TRUNK_REGISTER: "yes", RINGDESK_TRUNK_PROBE: "no", RINGDESK_TRUNK_SIGNAL_HOLD: "yes", RINGDESK_TRUNK_CA: "/etc/ca.pem" })).toMatchObject({
      sipsPort: 5061, publicUrl: "https://[2001:db8::7]:8080",
      trunk: {
        sources: [{ address: "2001:db8::", bits: 32 }, { address: "2001:db8:1::1", bits: 128 }], transport: "tls", probes: false, signalsHold: true, authorityFile: "/etc/ca.pem",
        targets: [{ host: "2001:db8::9", port: 5063 }, { host: "sip.example.com", port: 5061 }],
        account: { user: "trunk", password: "secret", realm: "carrier", registers: true, demanded: false },
      },
    });
  });

  test("REC-3 a bucket with its access key, and keys for recordings", () => {
    const key = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=";
    expect(valid({ ...s3, RINGDESK_S3_REGION: "eu-central-1", RINGDESK_RECORDING_KEY: `${key}, ${key}` })).toMatchObject({
      s3: { bucket: "https://s3.example.com/calls/ringdesk", region: "eu-central-1", accessKey: "id", secretKey: "hush" }, recordingKeys: [key, key],
    });
    expect(problems({ RINGDESK_S3_BUCKET: s3.RINGDESK_S3_BUCKET })).toMatchObject([{ type: "value-missing", setting: "RINGDESK_S3_ACCESS_KEY" }, { type: "value-missing", setting: "RINGDESK_S3_SECRET_KEY" }]);
    for (const refused of ["short", key.slice(1), `${key},`, Array.from({ length: 5 }, () => key).join(",")]) {
      expect(problems({ RINGDESK_RECORDING_KEY: refused })).toMatchObject([{ type: "value-refused", setting: "RINGDESK_RECORDING_KEY", given: "(hidden)" }]);
    }
  });

  test("a certificate makes the public URL https, and TURN servers come with their secret", () => {
    expect(valid({ ...tls, ...turn, RINGDESK_ADDRESS: "203.0.113.7" })).toMatchObject({
      publicUrl: "https://203.0.113.7:8080", tls: { certFile: "/etc/cert.pem", keyFile: "/etc/key.pem" },
      turn: { urls: ["turn:turn.example.com:3478", "turns:turn.example.com?transport=tcp"], secret: "a secret of coturn's" },
    });
  });

  test("ORG-1 an unattended setup takes its defaults", () => {
    expect(valid(setup).setup).toEqual({
      organisation: "Acme", timeZone: "UTC", country: "US", ownerName: "Ada", ownerEmail: "ada@example.com",
      ownerPassword: "a good password", sample: true,
    });
  });
});

const refused: Record<string, readonly string[]> = {
  RINGDESK_HTTP_PORT: ["0", "65536", "http", "80.5", "-1"],
  RINGDESK_SIP_PORT: ["99999"],
  RINGDESK_RTP_PORTS: ["10000", "20000-10000", "10000-10003", "10000-70000"],
  RINGDESK_WEBRTC_PORT: ["x"],
  RINGDESK_ADDRESS: ["0.0.0.0", "localhost", "1.2.3"],
  RINGDESK_BIND: ["eth0"],
  RINGDESK_PUBLIC_URL: ["desk.example.com", "ftp://desk.example.com", "https://a.example/?x"],
  RINGDESK_TLS_CERT: ["x".repeat(1001)],
  RINGDESK_TLS_KEY: ["x".repeat(1001)],
  RINGDESK_TURN_URL: ["stun:turn.example.com", "turn:", "turn:a b", "turn:a?transport=sctp", "turn:a,,turn:b", Array(5).fill("turn:a").join(",")],
  RINGDESK_TURN_SECRET: ["short"],
  RINGDESK_DATA: ["x".repeat(1001)],
  RINGDESK_RUN: ["x".repeat(1001)],
  DATABASE_URL: ["mysql://host/db", "ringdesk"],
  RINGDESK_S3_BUCKET: ["s3://my-bucket", "https://s3.example.com/bucket?region=x", "https://id:hush@s3.example.com/bucket"],
  RINGDESK_S3_REGION: ["EU west"],
  RINGDESK_S3_ACCESS_KEY: ["x".repeat(201)],
  RINGDESK_S3_SECRET_KEY: ["x".repeat(201)],
  RINGDESK_RECORDING_KEY: ["hush", "x".repeat(44)],
  RINGDESK_LOG_LEVEL: ["loud"],
  RINGDESK_SANDBOX: ["true"],
  RINGDESK_PHONE_SOURCES: ["office", "192.0.2.0/33"],
  RINGDESK_TRUNK_SOURCES: ["carrier.example.com", "192.0.2.0/33", "192.0.2.1,,192.0.2.2"],
  RINGDESK_TRUNK_TARGET: ["sip:host", "host:0", "host:99999", "[::1", "[1.2.3]", "a,,b", Array(9).fill("a").join(",")],
  RINGDESK_SIPS_PORT: ["0"],
  RINGDESK_TRUNK_TRANSPORT: ["sctp"],
  RINGDESK_TRUNK_USER: ["x".repeat(129)],
  RINGDESK_TRUNK_PASSWORD: ["x".repeat(129)],
  RINGDESK_TRUNK_REALM: ["x".repeat(129)],
  RINGDESK_TRUNK_REGISTER: ["true"],
  RINGDESK_TRUNK_CHALLENGE: ["on"],
  RINGDESK_TRUNK_DIGEST: ["md5", "SHA-1"],
  RINGDESK_TRUNK_PROBE: ["often"],
  RINGDESK_TRUNK_SIGNAL_HOLD: ["true"],
  RINGDESK_TRUNK_CA: ["x".repeat(1001)],
  RINGDESK_SETUP_ORGANISATION: ["x".repeat(201)],
  RINGDESK_SETUP_TIME_ZONE: ["Mars/Base"],
  RINGDESK_SETUP_COUNTRY: ["USA", "us", "QQ"],
  RINGDESK_SETUP_OWNER_NAME: ["x".repeat(201)],
  RINGDESK_SETUP_OWNER_EMAIL: ["ada"],
  RINGDESK_SETUP_OWNER_PASSWORD: ["x".repeat(MIN_PASSWORD_CHARS - 1), "x".repeat(MAX_PASSWORD_CHARS + 1)],
  RINGDESK_SETUP_SAMPLE: ["maybe"],
};

describe("OPS-5 bad configuration is refused", () => {
  test("every setting has a refused value in this table", () => {
    expect(Object.keys(refused).sort()).toEqual([...settingNames].sort());
  });

  for (const name of settingNames) for (const value of refused[name] ?? [])
    test(`${name}=${value.slice(0, 30)} names the setting, what was given and what is allowed`, () => {
      const env = { ...(name.startsWith("RINGDESK_SETUP_") ? setup : {}), ...(name.startsWith("RINGDESK_TLS_") ? tls : {}), ...(name.startsWith("RINGDESK_TRUNK_") ? trunkAccount : {}), ...(name.startsWith("RINGDESK_TURN_") ? turn : {}), ...(name.startsWith("RINGDESK_S3_") ? s3 : {}), [name]: value };
      const [problem, ...others] = problems(env);
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ type: "value-refused", setting: name, allowed: settings[name].allowed });
      if (settings[name].secret) expect(problem?.given).toBe("(hidden)");
      else expect(problem?.given).toContain(value.slice(0, 30));
    });

  test("a misspelt name suggests the nearest one", () => {
    expect(problems({ RINGDESK_HTPP_PORT: "8080" })).toEqual([
      { type: "setting-unknown", setting: "RINGDESK_HTPP_PORT", given: null, allowed: "Did you mean RINGDESK_HTTP_PORT?" }]);
  });

  test("a name that is like no setting is refused without a guess", () => {
    expect(problems({ RINGDESK_TEST_CRASH_EVERYTHING: "1" })[0]?.allowed).toMatch(/--help/);
  });

  test("half an unattended setup names what is missing", () => {
    expect(problems({ RINGDESK_SETUP_ORGANISATION: "Acme" }).map((p) => [p.type, p.setting])).toEqual([
      ["value-missing", "RINGDESK_SETUP_OWNER_NAME"], ["value-missing", "RINGDESK_SETUP_OWNER_EMAIL"], ["value-missing", "RINGDESK_SETUP_OWNER_PASSWORD"]]);
  });

  test("a certificate without its key, and a TURN secret without a server, are refused", () => {
    expect(problems({ RINGDESK_TLS_CERT: "a.pem", RINGDESK_TURN_SECRET: "a secret of coturn's" }).map((p) => [p.type, p.setting])).toEqual([
      ["value-missing", "RINGDESK_TLS_KEY"], ["value-missing", "RINGDESK_TURN_URL"]]);
  });

  test("with a certificate the public URL is not http", () => {
    expect(problems({ ...tls, RINGDESK_PUBLIC_URL: "http://desk.example.com" }).map(describeProblem)).toEqual([
      'RINGDESK_PUBLIC_URL is "http://desk.example.com". Allowed: an https URL, because RINGDESK_TLS_CERT is set.']);
  });

  test("registering and challenging need an account", () => {
    for (const name of ["RINGDESK_TRUNK_REGISTER", "RINGDESK_TRUNK_CHALLENGE"]) expect(problems({ [name]: "yes" }).map((p) => [p.type, p.setting])).toEqual([["value-missing", "RINGDESK_TRUNK_USER"]]);
  });

  test("TCP ports that collide are refused", () => {
    expect(problems({ RINGDESK_HTTP_PORT: "5060" }).map((p) => p.setting)).toEqual(["RINGDESK_HTTP_PORT"]);
    expect(problems({ ...tls, RINGDESK_HTTP_PORT: "5061" }).map((p) => p.setting)).toEqual(["RINGDESK_SIPS_PORT"]);
    expect(valid({ RINGDESK_HTTP_PORT: "5061" }).httpPort).toBe(5061);
  });

  test("UDP ports that collide are refused", () => {
    expect(problems({ RINGDESK_SIP_PORT: "10001", RINGDESK_WEBRTC_PORT: "10001" }).map((p) => [p.type, p.setting])).toEqual([
      ["ports-overlap", "RINGDESK_SIP_PORT"], ["ports-overlap", "RINGDESK_WEBRTC_PORT"], ["ports-overlap", "RINGDESK_WEBRTC_PORT"]]);
  });

  test("all problems are reported at once, in readable lines", () => {
    const lines = problems({ RINGDESK_SIP_PORT: "x", RINGDESK_SANDBOX: "1", RINGDESK_X: "" }).map(describeProblem);
    expect(lines).toEqual([
      "RINGDESK_X is not a setting. npm start -- --help lists all settings.",
      'RINGDESK_SIP_PORT is "x". Allowed: a port from 1 to 65535, e.g. 5060.',
      'RINGDESK_SANDBOX is "1". Allowed: on or off.',
    ]);
  });
});
