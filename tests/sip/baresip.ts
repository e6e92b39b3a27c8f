// baresip without a screen or a sound card: it says a WAV file and keeps what it hears.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { freePort } from "../support/ports.ts";
import { readWav, wavTone } from "../support/sound.ts";
import { until } from "../support/product.ts";
import { scratch } from "../support/scratch.ts";

export interface Baresip {
  /** Of UDP and TCP; TLS listens on the next. */
  readonly sipPort: number;
  /** A command of its menu: dial, hangup, accept, hold, resume, sndcode … */
  readonly command: (command: string, params?: string) => void;
  /** Waits for an event of the call: CALL_ESTABLISHED, CALL_CLOSED, CALL_INCOMING … */
  readonly event: (type: string, ms?: number) => Promise<void>;
  /** What it heard in the calls that are over. */
  readonly heard: () => Promise<Int16Array>;
  readonly stop: () => Promise<void>;
}

async function freeTcp(): Promise<number> {
  const s = createServer().listen(0, "127.0.0.1");
  await once(s, "listening");
  const { port } = s.address() as { port: number };
  await new Promise<void>((r) => { s.close(() => r()); });
  return port;
}

const REGISTER_EVERY_SEC = 120;

/** The folder of baresip's modules: Debian's differs by architecture. */
const MODULES = ["/usr/lib/baresip/modules", `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/baresip/modules`];

export interface BaresipOptions {
  /** Registers this number at the SIP port of this machine, and renews it. */
  readonly register?: { readonly number: string; readonly sipPort: number; readonly password?: string };
  /** Signals over TLS and encrypts its audio (SDES, and no call without). A file with certificate and key, which it also trusts. */
  readonly tlsFile?: string;
}

export async function startBaresip(hz: number, { register, tlsFile }: BaresipOptions = {}): Promise<Baresip> {
  const dir = await scratch("baresip");
  const heardDir = join(dir, "heard");
  await mkdir(heardDir);
  await writeFile(join(dir, "voice.wav"), wavTone(hz, 20, 8_000));
  const modules = (await Promise.all(MODULES.map(async (m) => (await readdir(m).catch(() => [])).length ? m : ""))).find(Boolean) ?? MODULES[0]!;
  const [sipPort, control] = [await freePort(), await freeTcp()];
  await writeFile(join(dir, "config"), [
    `module_path ${modules}`, "poll_method epoll", `sip_listen 127.0.0.1:${sipPort}`, "call_local_timeout 60", "call_max_calls 2",
    "audio_player aufile,/dev/null", `audio_source aufile,${join(dir, "voice.wav")}`, "audio_alert aufile,/dev/null", "ausrc_srate 8000", "auplay_srate 8000", "ausrc_channels 1", "auplay_channels 1",
    "rtp_ports 26000-26400", "rtcp_mux no", "jitter_buffer_delay 5-10", `ctrl_tcp_listen 127.0.0.1:${control}`, `snd_path ${heardDir}`,
    ...(tlsFile === undefined ? [] : [`sip_certificate ${tlsFile}`, `sip_cafile ${tlsFile}`]),
    ...["g711", "aufile", "sndfile", ...(tlsFile === undefined ? [] : ["srtp"])].map((m) => `module ${m}.so`), "module_tmp account.so", ...["menu", "ctrl_tcp", "debug_cmd"].map((m) => `module_app ${m}.so`), "",
  ].join("\n"));
  await writeFile(join(dir, "accounts"), `<sip:${register?.number ?? "+12025550143"}@127.0.0.1:${register?.sipPort ?? sipPort}${tlsFile === undefined ? "" : ";transport=tls"}>${tlsFile === undefined ? "" : ";mediaenc=srtp-mand"}${register?.password === undefined ? "" : `;auth_pass=${register.password}`};regint=${register === undefined ? 0 : REGISTER_EVERY_SEC};audio_codecs=PCMU/8000/1,PCMA/8000/1;answermode=manual;dtmfmode=rtpevent\n`);
  const child = spawn("baresip", ["-f", dir], { stdio: "ignore" });
  const socket = await until("baresip's control port", async () => {
    const s = connect(control, "127.0.0.1");
    return Promise.race([once(s, "connect").then(() => s), once(s, "error").then(() => false as const)]);
  });
  const events: string[] = [];
  let buffer = "";
  socket.on("data", (d: Buffer) => {
    buffer += d.toString();
    for (let m = /^(\d+):/.exec(buffer); m && buffer.length >= m[0].length + Number(m[1]) + 1; m = /^(\d+):/.exec(buffer)) {
      const body = JSON.parse(buffer.slice(m[0].length, m[0].length + Number(m[1]))) as { event?: boolean; type?: string };
      if (body.event && body.type) events.push(body.type);
      buffer = buffer.slice(m[0].length + Number(m[1]) + 1);
    }
  });
  const command = (name: string, params = ""): void => {
    const body = JSON.stringify({ command: name, params, token: "t" });
    socket.write(`${Buffer.byteLength(body)}:${body},`);
  };
  return {
    sipPort, command,
    event: (type, ms = 10_000) => until(`baresip: ${type} (had ${events.join(", ")})`, async () => events.includes(type), ms).then(() => undefined),
    heard: async () => {
      const file = (await readdir(heardDir)).find((f) => f.endsWith("-dec.wav"));
      if (!file) throw new Error("baresip kept nothing");
      return readWav(await readFile(join(heardDir, file))).channels[0]!;
    },
    stop: async () => { command("quit"); const t = setTimeout(() => { child.kill("SIGKILL"); }, 2_000); await once(child, "exit"); clearTimeout(t); socket.destroy(); },
  };
}
