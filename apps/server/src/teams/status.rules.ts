import type { StatusCause } from "./agents.ports.ts";

/** Why a status is what it is, in words for the agent; null when the agent chose it. */
export const statusWords: Readonly<Record<StatusCause, string | null>> = {
  "chosen": null,
  "signed-in": "You start as unavailable when you sign in.",
  "signed-out": "You signed out.",
  "offer-accepted": "You took a call. You stay busy until you choose Available.",
  "call-started": "You called somebody. You stay busy until you choose Available.",
  "offer-missed": "You did not answer a call that rang for you.",
  "desktop-gone": "Your desktop lost its connection.",
  "no-desktop": "No desktop page is open.",
  "restarted": "The phone service was restarted.",
  "wrap-up-over": "Your wrap-up time is over.",
  "deactivated": "Your account was deactivated.",
};
