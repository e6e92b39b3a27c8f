// `node tools/test-deps.ts`: the programs that the tests need besides npm's packages: a SIP load tool, a SIP phone, a browser.
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./commands.ts";

type Needed = { readonly programs: readonly string[]; readonly aptPackage: string; readonly use: string; readonly optional?: true };

const NEEDED: readonly Needed[] = [
  { programs: ["sipp"], aptPackage: "sip-tester", use: "places and answers SIP calls" },
  { programs: ["baresip"], aptPackage: "baresip-core", use: "a SIP phone" },
  { programs: ["chromium", "chromium-browser", "google-chrome"], aptPackage: "chromium", use: "the agent's browser" },
  { programs: ["openssl"], aptPackage: "openssl", use: "makes certificates" },
  // Without these their tests are skipped.
  { programs: ["kamailio"], aptPackage: "kamailio", use: "spreads calls over two switches", optional: true },
  { programs: ["turnserver"], aptPackage: "coturn", use: "a TURN server for browsers", optional: true },
];

async function isOnPath(program: string): Promise<boolean> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const found = await access(join(folder, program), constants.X_OK).then(() => true, () => false);
    if (found) return true;
  }
  return false;
}

async function missing(): Promise<Needed[]> {
  const found = await Promise.all(NEEDED.map(async ({ programs }) => (await Promise.all(programs.map(isOnPath))).some(Boolean)));
  return NEEDED.filter((_, i) => !found[i]);
}

/** Installs what is missing when this is Debian and we are root, otherwise says how to. Answers whether all is there. */
export async function ensureTestPrograms(): Promise<boolean> {
  const lacking = await missing();
  if (lacking.length === 0) return true;
  const packages = lacking.map(({ aptPackage }) => aptPackage);
  const mayInstall = process.getuid?.() === 0 && (await isOnPath("apt-get"));
  if (mayInstall) {
    process.stdout.write(`installing ${packages.join(" ")} …\n`);
    const updated = await run("apt-get", ["update", "-q"]);
    const installed = await run("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends", ...packages]);
    if (isEnough(await missing())) return true;
    process.stdout.write(`${updated.output}${installed.output}\n`);
  }
  for (const { programs, use } of lacking) process.stdout.write(`missing: ${programs.join(" or ")} (${use})\n`);
  if (isEnough(lacking)) process.stdout.write("Their tests are skipped.\n");
  process.stdout.write(`On Debian or Ubuntu:\n  sudo apt-get install -y --no-install-recommends ${packages.join(" ")}\n`);
  return isEnough(lacking);
}

const isEnough = (lacking: readonly Needed[]): boolean => lacking.every(({ optional }) => optional === true);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = (await ensureTestPrograms()) ? 0 : 1;
