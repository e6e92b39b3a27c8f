// From a call's entry into its queue to the ring that a person sees: the whole product, a caller by SIP, a browser.
import { openPerson } from "../../tests/support/browser.ts";
import { notRinging, ringing, setStatus, signIn } from "../../tests/support/desk.ts";
import { startProduct } from "../../tests/support/product.ts";
import { callBySipp } from "../../tests/support/sipp.ts";

const CALLER_HZ = 500, AGENT_HZ = 700;

interface Offered { readonly offer: { readonly enteredAt: number } | null }

/** Milliseconds from the queue to the card with *Accept* in the page, for each of some calls one after the other. */
export async function ringsInABrowser(calls: number): Promise<readonly number[]> {
  const product = await startProduct();
  const person = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  try {
    const [owner, agent] = [await product.signIn(product.owner), product.agents[0]!];
    const { items } = await owner.get<{ readonly items: readonly { readonly id: string }[] }>("/numbers");
    await owner.send("PATCH", `/numbers/${items[0]!.id}`, { greeting: "" });
    await person.context.addInitScript(() => {
      const seen = window as unknown as { rangAt: number | null };
      seen.rangAt = null;
      new MutationObserver(() => {
        const rings = document.querySelector("[data-testid=incoming-call]") !== null;
        if (!rings) seen.rangAt = null;
        else seen.rangAt ??= performance.timeOrigin + performance.now();
      }).observe(document, { childList: true, subtree: true });
    });
    await signIn(person.page, agent);
    await setStatus(person.page, "Available");
    const desk = await product.signIn(agent);
    const times: number[] = [];
    for (let call = 0; call < calls; call++) {
      const caller = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: `+1303555${String(1_000 + call)}`, hz: CALLER_HZ });
      await ringing(person.page);
      const rangAt = await person.page.evaluate(() => (window as unknown as { rangAt: number | null }).rangAt);
      const { offer } = await desk.get<Offered>("/desk");
      if (rangAt !== null && offer !== null) times.push(rangAt - offer.enteredAt);
      await caller.hangUp();
      await caller.ended;
      await notRinging(person.page);
    }
    return times;
  } finally {
    await person.close();
    await product.stop();
  }
}
