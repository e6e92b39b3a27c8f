// Makes the picture of README.md anew: node tools/picture.ts
// A customer who has called before is on the phone with an agent; two browsers, the whole product, no account anywhere.
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openPerson, type Person } from "../tests/support/browser.ts";
import { accept, noCall, phaseIs, ringing, setStatus, signIn } from "../tests/support/desk.ts";
import { startProduct, type ApiClient, type Product } from "../tests/support/product.ts";
import { wait } from "../tests/support/wait.ts";

const PICTURE = join(import.meta.dirname, "../docs/images/desk.png");
const MAX_BYTES = 200_000;
/** How long each side of a talk speaks before the other does. */
const TURN_MS = 2_300;
const FIRST_TALK_MS = 16_000;
const SECOND_TALK_MS = 7_000;
const NOTE = "Order 10472 arrived with a broken lid. A new one is on its way by express, tracking number sent by e-mail.";

/**
 * Gives a page a voice that looks like speech: syllables while it is this person's turn, else silence.
 * `turn` is 0 or 1; the two sides of a talk take turns.
 */
async function speaks(person: Person, turn: number): Promise<void> {
  await person.context.addInitScript(([mine, turnMs]) => {
    const SYLLABLE_MS = 90;
    navigator.mediaDevices.getUserMedia = () => {
      const context = new AudioContext();
      const voice = new OscillatorNode(context, { type: "sawtooth", frequency: mine === 0 ? 120 : 190 });
      const loudness = new GainNode(context, { gain: 0 });
      const out = context.createMediaStreamDestination();
      voice.connect(loudness).connect(out);
      voice.start();
      setInterval(() => {
        const speaking = Math.floor(Date.now() / turnMs) % 2 === mine && Math.random() < 0.8;
        loudness.gain.setTargetAtTime(speaking ? 0.2 + 0.8 * Math.random() : 0, context.currentTime, 0.02);
      }, SYLLABLE_MS);
      return Promise.resolve(out.stream);
    };
  }, [turn, TURN_MS] as const);
}

async function call(agent: Person, customer: Person): Promise<void> {
  await customer.page.getByTestId("handset-support-number").first().click();
  await ringing(agent.page, 30_000);
  await accept(agent.page);
  await phaseIs(agent.page, "talking");
}

/** What an agent does after a call: names the customer, leaves a note, marks the conversation done. */
async function finish(api: ApiClient, customerId: string): Promise<void> {
  await api.send("PATCH", `/customers/${customerId}`, { name: "Maria Jensen", emails: ["maria@example.com"], vip: true });
  await api.send("POST", `/customers/${customerId}/notes`, { text: NOTE });
  const { items } = await api.get<{ items: readonly { readonly id: string }[] }>(`/conversations?customerId=${customerId}&status=open`);
  for (const each of items) await api.send("POST", `/conversations/${each.id}/done`);
}

async function take(product: Product, agent: Person, customer: Person): Promise<void> {
  const ana = product.agents[0];
  if (ana === undefined) throw new Error("the sample workspace has no agents");
  await speaks(agent, 0);
  await speaks(customer, 1);
  await signIn(agent.page, ana);
  await signIn(customer.page, product.owner);
  await customer.page.goto("/handset");
  await setStatus(agent.page, "Available");

  await call(agent, customer);
  const customerId = new URL(agent.page.url()).pathname.split("/").at(-1) ?? "";
  await wait(FIRST_TALK_MS);
  await customer.page.getByTestId("handset-hangup").click();
  await noCall(agent.page);
  await agent.page.getByTestId("recording-player").waitFor();
  await finish(await product.signIn(ana), customerId);
  await setStatus(agent.page, "Available");

  await call(agent, customer);
  await agent.page.getByTestId("recording-player").waitFor();
  await wait(SECOND_TALK_MS);
  await wait(2 * TURN_MS - (Date.now() % (2 * TURN_MS)) + TURN_MS / 2); // the middle of the agent's turn, so that the meter moves
  await mkdir(dirname(PICTURE), { recursive: true });
  await agent.page.mouse.move(700, 790);
  await agent.page.screenshot({ path: PICTURE });
}

const product = await startProduct();
const people = await Promise.all([
  openPerson({ baseUrl: product.baseUrl, hz: 440 }),
  openPerson({ baseUrl: product.baseUrl, hz: 440, viewport: { width: 390, height: 844 } }),
]);
try {
  await take(product, ...people);
  const { size } = await stat(PICTURE);
  if (size > MAX_BYTES) throw new Error(`${PICTURE} has ${size} bytes, more than ${MAX_BYTES}`);
  process.stdout.write(`${PICTURE}: ${size} bytes\n`);
} finally {
  await Promise.all(people.map((each) => each.close()));
  await product.stop();
}
