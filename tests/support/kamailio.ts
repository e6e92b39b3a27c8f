// Kamailio in front of several switches: its dispatcher asks who is there, spreads the calls, and goes to the next when one is silent.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { until } from "./product.ts";

export interface Kamailio { readonly port: number; readonly log: () => string; readonly stop: () => Promise<void> }

const PROGRAM = "/usr/sbin/kamailio";

export function kamailioIsThere(): boolean {
  try {
    accessSync(PROGRAM, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const config = (port: number, listFile: string): string => `#!KAMAILIO
debug=2
log_stderror=yes
children=2
auto_aliases=no
disable_tcp=yes
listen=udp:127.0.0.1:${port}
${["kex", "corex", "tm", "tmx", "sl", "rr", "pv", "maxfwd", "textops", "siputils", "xlog", "sanity", "dispatcher"].map((m) => `loadmodule "${m}.so"`).join("\n")}
modparam("dispatcher", "list_file", "${listFile}")
modparam("dispatcher", "flags", 2)
modparam("dispatcher", "ds_ping_interval", 1)
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_ping_reply_codes", "class=2")
modparam("dispatcher", "xavp_dst", "_dsdst_")
modparam("tm", "failure_reply_mode", 3)
modparam("tm", "fr_timer", 2000)
modparam("tm", "fr_inv_timer", 60000)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check()) { exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  t_check_trans();
  if (is_method("INVITE")) record_route();
  if (!ds_select_dst("1", "4")) { sl_send_reply("503", "No switch"); exit; }
  t_on_failure("NEXT");
  t_relay();
}
failure_route[NEXT] {
  if (t_is_canceled()) exit;
  if (t_check_status("5[0-9][0-9]") || (t_branch_timeout() && !t_branch_replied())) {
    if (ds_next_dst()) { t_on_failure("NEXT"); t_relay(); exit; }
  }
}
`;

/** Starts it in front of the SIP ports of switches on this machine. */
export async function startKamailio(switches: readonly number[]): Promise<Kamailio> {
  const dir = await mkdtemp(join(tmpdir(), "ringdesk-kamailio-"));
  const port = await freePort();
  await writeFile(join(dir, "dispatcher.list"), switches.map((p) => `1 sip:127.0.0.1:${p} 0 0\n`).join(""));
  await writeFile(join(dir, "kamailio.cfg"), config(port, join(dir, "dispatcher.list")));
  const child = spawn(PROGRAM, ["-f", join(dir, "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8", "-Y", dir, "-P", join(dir, "pid")], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (d: Buffer) => { output += d.toString(); });
  const ended = once(child, "exit");
  await until("kamailio", async () => {
    if (child.exitCode !== null) throw new Error(output.slice(-2_000));
    return isTaken(port);
  });
  return {
    port, log: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function isTaken(port: number): Promise<boolean> {
  const s = createSocket("udp4");
  return new Promise((resolve) => {
    s.once("error", () => { s.close(); resolve(true); });
    s.bind({ port, address: "127.0.0.1", exclusive: true }, () => { s.close(() => { resolve(false); }); });
  });
}
