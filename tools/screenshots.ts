// Pictures of every page, light and dark: npm run screenshots. The list of pages is the router's own, so that a page
// without a picture fails the command. Two browsers and SIP callers, the whole product, no account anywhere.
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openPerson, type Person } from "../tests/support/browser.ts";
import { noCall, setStatus, signIn } from "../tests/support/desk.ts";
import { startProduct, type Login, type Product } from "../tests/support/product.ts";
import { callBySipp, type SippCall } from "../tests/support/sipp.ts";
import { wait } from "../tests/support/wait.ts";
import { call, finish, openCustomer, ring, speaks, TURN_MS } from "./scene.ts";
import { fillWorkspace, placesOf, type Places } from "./workspace.ts";

const FOLDER = join(import.meta.dirname, "../docs/screenshots");
const MAX_BYTES = 200_000;
const WIDE = { width: 1_280, height: 800 };
const PHONE = { width: 390, height: 844 };
const SCHEMES = ["light", "dark"] as const;
/** What moves comes to rest: skeletons, menus, waveforms. */
const SETTLE_MS = 700;
const TALK_MS = 9_000;
const OWNER: Login = { name: "Olga Owner", email: "olga@acme.example", password: "correct horse battery" };
/** Addresses that only lead elsewhere, and what frames others. */
const LEADS_ON = new Set(["/", "/settings", "/settings/", "$", "/$"]);
/** Pages that are taken before or beside the walk through the others. */
const APART = new Set(["/setup", "/sign-in", "/handset"]);
/** Where the data would be on a server; in a run of this command it is somewhere else each time. */
const DATA_FOLDER = "/var/lib/ringdesk";
const RETENTION_DAYS = 365;
const CALLERS = [{ from: "+13125550188", display: "Priya Nair" }, { from: "+14155550134", display: "Luis Ortega" }];

type Taken = { readonly file: string; readonly what: string };

/** Takes a page as it is, in both schemes. */
async function take(page: Page, name: string, what: string): Promise<Taken> {
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
    await wait(SETTLE_MS);
    const path = join(FOLDER, `${name}.${scheme}.png`);
    await page.screenshot({ path, animations: "disabled" });
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MAX_BYTES}`);
  }
  process.stdout.write(`${name}\n`);
  return { file: name, what };
}

/** Paths of all pages, as the router of the running product knows them. */
const pathsOf = (page: Page): Promise<string[]> => page.evaluate(() => Object.keys((globalThis as unknown as { __TSR_ROUTER__: { routesByPath: object } }).__TSR_ROUTER__.routesByPath));

/** The address of a page: a path of the router with an example for each of its parameters. */
function addressOf(path: string, places: Places): string {
  return path.replace(/\$(\w+)/g, (_, name: string) => {
    const place = places[name];
    if (place === undefined) throw new Error(`${path}: say in tools/workspace.ts what stands for $${name}`);
    return encodeURIComponent(place);
  });
}
const nameOf = (path: string): string => path.replaceAll("$", "one-").split("/").filter((part) => part !== "").join("-");

async function firstStart(page: Page): Promise<Taken> {
  await page.goto("/setup");
  await page.getByLabel("Your name").waitFor();
  return take(page, "setup", "First start");
}

/** Fills in the first start as a person does, and tells who the sample agents are. */
async function setUp(product: Product): Promise<readonly Login[]> {
  const answer = await fetch(`${product.baseUrl}/api/v1/setup`, {
    method: "POST", headers: { "content-type": "application/json", origin: product.baseUrl },
    body: JSON.stringify({ organisation: { name: "Acme", timeZone: "America/New_York", country: "US" }, owner: OWNER, sample: true }),
  });
  if (!answer.ok) throw new Error(`setup: ${answer.status}`);
  return ((await answer.json()) as { sampleUsers: Login[] }).sampleUsers;
}

/** Shows a server's folder in place of the one of this run. */
const asOnAServer = (page: Page, product: Product): Promise<unknown> => page.route("**/api/v1/settings/recordings", async (route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(product.data, DATA_FOLDER) });
});

/** An agent's day: a call that ended, one that rings, and one that is going on. */
async function takeCalls(product: Product, agent: Person, customer: Person, ana: Login): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  await setStatus(agent.page, "Available");
  await call(agent, customer);
  const customerId = openCustomer(agent);
  await wait(TALK_MS);
  await customer.page.getByTestId("handset-hangup").click();
  await noCall(agent.page);
  await finish(await product.signIn(ana), customerId, { name: "Hannah Berg", email: "hannah.berg@mail.example", note: "Wants the blue one instead. Exchange is on its way." });
  await agent.page.goto("/conversations");
  await setStatus(agent.page, "Available");
  await ring(agent, customer);
  taken.push(await take(agent.page, "desk-ringing", "A call rings at the agent"), await take(customer.page, "handset-calling", "The handset of the sandbox, at the width of a phone"));
  await agent.page.getByTestId("accept").click();
  await agent.page.getByTestId("recording-player").waitFor();
  await wait(TURN_MS);
  taken.push(await take(agent.page, "desk-in-call", "In a call: the bar of the call and the customer's timeline"));
  return taken;
}

/** Every page that the router knows, as an admin sees it while calls wait. */
async function takePages(admin: Person, places: Places): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (const path of (await pathsOf(admin.page)).map((each) => each.replace(/(.)\/$/, "$1")).sort()) {
    if (LEADS_ON.has(path) || APART.has(path)) continue;
    const name = nameOf(path);
    if (taken.some((each) => each.file === name)) continue;
    await admin.page.goto(addressOf(path, places));
    await admin.page.getByRole("heading").first().waitFor();
    const title = (await admin.page.title()).replace(/ [·–|-] .*$/, "");
    taken.push(await take(admin.page, name, `${title} (\`${path}\`)`));
  }
  return taken;
}

const index = (taken: readonly Taken[]): string => `# Screenshots

Every page at ${WIDE.width} pixels, light and dark, made by \`npm run screenshots\` from a sample workspace. Do not edit: the command writes this folder anew.

| page | light | dark |
|---|---|---|
${taken.map(({ file, what }) => `| ${what} | [light](${file}.light.png) | [dark](${file}.dark.png) |`).join("\n")}
`;

async function takeAll(product: Product, agent: Person, customer: Person, admin: Person, callers: SippCall[]): Promise<readonly Taken[]> {
  const taken = [await firstStart(admin.page)];
  const [ana] = await setUp(product);
  if (ana === undefined) throw new Error("the sample workspace has no agents");
  await admin.page.goto("/sign-in");
  await admin.page.getByLabel("E-mail").waitFor();
  taken.push(await take(admin.page, "sign-in", "Sign in"));
  await Promise.all([signIn(admin.page, OWNER), signIn(agent.page, ana), signIn(customer.page, OWNER)]);
  await customer.page.goto("/handset");
  await customer.page.getByTestId("handset-support-number").first().waitFor();
  taken.push(await take(customer.page, "handset", "The handset of the sandbox, at rest"));
  const api = await product.signIn(OWNER);
  await fillWorkspace(api);
  await api.send("PUT", "/settings/recordings/retention", { days: RETENTION_DAYS });
  await asOnAServer(admin.page, product);
  taken.push(...await takeCalls(product, agent, customer, ana));
  const [number] = (await api.get<{ items: { number: string }[] }>("/numbers")).items;
  for (const caller of CALLERS) callers.push(await callBySipp({ sipPort: product.sipPort, to: number?.number ?? "", hz: 440, ...caller }));
  taken.push(...await takePages(admin, await placesOf(api)));
  return taken;
}

const product = await startProduct({ setUp: false });
const open = (viewport: typeof WIDE): Promise<Person> => openPerson({ baseUrl: product.baseUrl, hz: 440, viewport });
const people = await Promise.all([open(WIDE), open(PHONE), open(WIDE)]);
const callers: SippCall[] = [];
try {
  await mkdir(FOLDER, { recursive: true });
  for (const file of await readdir(FOLDER)) await rm(join(FOLDER, file));
  const [agent, customer] = people;
  await Promise.all([speaks(agent, 0), speaks(customer, 1)]);
  const taken = await takeAll(product, ...people, callers);
  await writeFile(join(FOLDER, "README.md"), index(taken));
  process.stdout.write(`${taken.length} pages in docs/screenshots\n`);
} finally {
  await Promise.all(callers.map((each) => each.hangUp()));
  await Promise.all(people.map((each) => each.close()));
  await product.stop();
}
