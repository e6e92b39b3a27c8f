// What an agent does at the desktop, by the names that a person (or a screen reader) finds there.
import type { Page } from "playwright-core";
import type { Login } from "./product.ts";

export async function signIn(page: Page, who: Login): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByTestId("agent-status").waitFor();
}

export async function setStatus(page: Page, status: "Available" | "Busy" | "Unavailable"): Promise<void> {
  await page.getByTestId("agent-status").click();
  await page.getByRole("menuitem", { name: status, exact: true }).click();
  await statusIs(page, status);
}

export const statusIs = (page: Page, status: string, timeout = 10_000): Promise<void> =>
  page.locator(`[data-testid=agent-status][data-status=${status.toLowerCase()}]`).waitFor({ timeout });

export const ringing = (page: Page, timeout = 15_000): Promise<void> => page.getByTestId("incoming-call").waitFor({ timeout });
export const notRinging = (page: Page, timeout = 10_000): Promise<void> => page.getByTestId("incoming-call").waitFor({ state: "detached", timeout });
export const accept = (page: Page): Promise<void> => page.getByRole("button", { name: /^Accept/ }).click();
export const decline = (page: Page): Promise<void> => page.getByRole("button", { name: /^Decline/ }).click();
export const phaseIs = (page: Page, phase: string, timeout = 15_000): Promise<void> => page.locator(`[data-testid=call-bar][data-call-phase=${phase}]`).waitFor({ timeout });
export const noCall = (page: Page, timeout = 10_000): Promise<void> => page.getByTestId("call-bar").waitFor({ state: "detached", timeout });
export const press = (page: Page, button: "Hold" | "Resume" | "Mute" | "Unmute" | "End call"): Promise<void> => page.getByRole("button", { name: button, exact: true }).click();
