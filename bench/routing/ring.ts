// From a call's entry into its queue to the ring that a person sees, in a house in which nothing else happens: the whole
// product, a caller by SIP, a browser.
import { openPerson } from "../../tests/support/browser.ts";
import { notRinging, ringing, setStatus, signIn } from "../../tests/support/desk.ts";
import { startProduct } from "../../tests/support/product.ts";
import { callBySipp } from "../../tests/support/sipp.ts";
import { goAsUsual, goFirst } from "../load/priority.ts";
import { notePaints, paintedAt } from "./paint.ts";

const CALLER_HZ = 500, AGENT_HZ = 700;

interface Offered { readonly offer: { readonly enteredAt: number } | null }

/** Milliseconds from the queue until the card with *Accept* is painted, for each of some calls one after the other. */
export async function ringsInABrowser(calls: number): Promise<readonly number[]> {
  const product = await startProduct();
  const person = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  try {
    const [owner, agent] = [await product.signIn(product.owner), product.agents[0]!];
    const { items } = await owner.get<{ readonly items: readonly { readonly id: string }[] }>("/numbers");
    await owner.send("PATCH", `/numbers/${items[0]!.id}`, { greeting: "" });
    await notePaints(person.context);
    await signIn(person.page, agent);
    await setStatus(person.page, "Available");
    const desk = await product.signIn(agent);
    await goFirst();
    const times: number[] = [];
    for (let call = 0; call < calls; call++) {
      const caller = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: `+1303555${String(1_000 + call)}`, hz: CALLER_HZ });
      await ringing(person.page);
      const at = await paintedAt(person.page);
      const { offer } = await desk.get<Offered>("/desk");
      if (offer !== null) times.push(at - offer.enteredAt);
      await caller.hangUp();
      await caller.ended;
      await notRinging(person.page);
    }
    return times;
  } finally {
    await person.close();
    await product.stop();
    await goAsUsual();
  }
}
