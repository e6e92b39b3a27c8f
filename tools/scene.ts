// What pictures of the product are made of: voices that look like speech, and what an agent and a customer do.
import type { Person } from "../tests/support/browser.ts";
import { accept, phaseIs, ringing } from "../tests/support/desk.ts";
import type { ApiClient } from "../tests/support/product.ts";

/** How long each side of a talk speaks before the other does. */
export const TURN_MS = 2_300;
const RING_WAIT_MS = 30_000;

/**
 * Gives a page a voice that looks like speech: syllables while it is this person's turn, else silence.
 * `turn` is 0 or 1; the two sides of a talk take turns.
 */
export async function speaks(person: Person, turn: number): Promise<void> {
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

/** The customer calls the support number from the handset, and it rings at the agent. */
export async function ring(agent: Person, customer: Person): Promise<void> {
  await customer.page.getByTestId("handset-support-number").first().click();
  await ringing(agent.page, RING_WAIT_MS);
}

/** The same, and the agent accepts. */
export async function call(agent: Person, customer: Person): Promise<void> {
  await ring(agent, customer);
  await accept(agent.page);
  await phaseIs(agent.page, "talking");
}

export type AfterCall = { readonly name: string; readonly email: string; readonly note: string };

/** What an agent does after a call: names the customer, leaves a note, marks the conversation done. */
export async function finish(api: ApiClient, customerId: string, { name, email, note }: AfterCall): Promise<void> {
  await api.send("PATCH", `/customers/${customerId}`, { name, emails: [email], vip: true });
  await api.send("POST", `/customers/${customerId}/notes`, { text: note });
  const { items } = await api.get<{ items: readonly { readonly id: string }[] }>(`/conversations?customerId=${customerId}&status=open`);
  for (const each of items) await api.send("POST", `/conversations/${each.id}/done`, {});
}

/** The customer whose page the agent has open. */
export const openCustomer = (agent: Person): string => new URL(agent.page.url()).pathname.split("/").at(-1) ?? "";
