import type { Config } from "@ringdesk/contract/config";
import { readServerDetails } from "@ringdesk/contract/process";
import type { ServiceDetails } from "./service.ts";
import type { Terminal } from "./terminal.ts";

/** The block that stands on the terminal when everything serves. */
export function readyBlock(config: Config, server: ServiceDetails, dataFolder: string, tookMs: number, terminal: Terminal): string {
  const { setup, ownerEmail, supportNumber, sampleUsers } = readServerDetails(server);
  const rows: [string, string][] = [["Open", terminal.bold(config.publicUrl)]];
  rows.push(["Sign in", signIn(setup, ownerEmail)]);
  rows.push(...sampleUsers.map(({ name, email, password }, index): [string, string] => [index === 0 ? "Agents" : "", `${name}: ${terminal.bold(email)} with ${terminal.bold(password)}`]));
  if (sampleUsers.length > 0) rows.push(["", "their passwords are shown only now"]);
  if (supportNumber !== null) rows.push(["Call", `${terminal.bold(supportNumber)}${config.sandbox ? " from the handset, or" : ""} by SIP: sip:${supportNumber}@${config.address}:${config.sipPort}`]);
  if (config.sandbox) rows.push(["Handset", `${config.publicUrl}/handset, a phone in the browser to call with`]);
  rows.push(["Data", dataFolder]);
  rows.push(["Stop", "Ctrl-C"]);
  const lines = rows.map(([name, text]) => `  ${terminal.dim(name.padEnd(8))} ${text}`);
  return ["", `  ${terminal.bold("Ringdesk is ready")} after ${(tookMs / 1000).toFixed(1)} s`, "", ...lines, ""].join("\n");
}

function signIn(setup: "needed" | "done", ownerEmail: string | null): string {
  if (setup === "needed") return "the page asks for your workspace's name and makes you its owner";
  return ownerEmail === null ? "with your e-mail address and password" : `as ${ownerEmail} with your password`;
}
