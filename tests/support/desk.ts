// What an agent does at the desktop, by the names that a person (or a screen reader) finds there.
import type { Page } from "playwright-core";
import type { Login } from "./product.ts";

export async function signIn(page: Page, who: Login): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByTestId("status-menu").waitFor();
}

export async function chooseStatus(page: Page, status: string): Promise<void> {
  await page.getByTestId("status-menu").click();
  await page.getByTestId(`status-${status.toLowerCase()}`).click();
}

export async function setStatus(page: Page, status: "Available" | "Busy" | "Unavailable"): Promise<void> {
  await chooseStatus(page, status);
  await statusIs(page, status);
}

export const statusIs = (page: Page, status: string, timeout = 10_000): Promise<void> =>
  page.locator(`[data-testid=status-menu][data-status=${status.toLowerCase()}]`).waitFor({ timeout });

export const ringing = (page: Page, timeout = 15_000): Promise<void> => page.getByTestId("incoming-call").waitFor({ timeout });
export const notRinging = (page: Page, timeout = 10_000): Promise<void> => page.getByTestId("incoming-call").waitFor({ state: "detached", timeout });
/** The card takes no answer for a moment after it appears: a key pressed then was meant for something else. */
const CARD_SETTLES_MS = 500;
async function answer(page: Page, how: "accept" | "decline"): Promise<void> {
  await page.waitForTimeout(CARD_SETTLES_MS);
  await page.getByTestId(how).click();
}
export const accept = (page: Page): Promise<void> => answer(page, "accept");
export const decline = (page: Page): Promise<void> => answer(page, "decline");
export const phaseIs = (page: Page, phase: string, timeout = 15_000): Promise<void> => page.locator(`[data-testid=call-bar][data-call-phase=${phase}]`).waitFor({ timeout });
export const noCall = (page: Page, timeout = 10_000): Promise<void> => page.getByTestId("call-bar").waitFor({ state: "detached", timeout });
/** Presses a button of the call bar. */
export const press = (page: Page, button: "Hold" | "Resume" | "Mute" | "Unmute" | "End"): Promise<void> =>
  page.getByTestId("call-bar").getByRole("button", { name: button, exact: true }).click();
