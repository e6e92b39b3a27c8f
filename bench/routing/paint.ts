// When the card of a ringing call was painted, noted by the page itself.
import type { BrowserContext, Page } from "playwright-core";

type Noted = { rangAt: number | null; paintedAt: number | null };

/** Before any page is opened. */
export async function notePaints(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const noted = window as unknown as Noted;
    noted.rangAt = null;
    noted.paintedAt = null;
    const now = (): number => performance.timeOrigin + performance.now();
    new MutationObserver(() => {
      const rings = document.querySelector("[data-testid=incoming-call] [data-testid=accept]") !== null;
      if (!rings) {
        noted.rangAt = null;
        noted.paintedAt = null;
        return;
      }
      if (noted.rangAt !== null) return;
      noted.rangAt = now();
      // A message that is posted in a frame arrives after the frame was painted.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { noted.paintedAt = now(); };
        port2.postMessage(null);
      });
    }).observe(document, { childList: true, subtree: true });
  });
}

/** Milliseconds of the clock, once it is painted. */
export async function paintedAt(page: Page): Promise<number> {
  const at = await page.waitForFunction(() => (window as unknown as Noted).paintedAt);
  return at.jsonValue() as Promise<number>;
}
