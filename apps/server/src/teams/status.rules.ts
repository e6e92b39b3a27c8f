import type { StatusCause } from "./agents.ports.ts";

/** The same for somebody who reads the history of another; null when the agent chose it. */
export const statusReasons: Readonly<Record<StatusCause, string | null>> = {
  "chosen": null,
  "signed-in": "Signed in",
  "signed-out": "Signed out",
  "offer-accepted": "Took a call",
  "call-started": "Called somebody",
  "offer-missed": "Did not answer an offered call",
  "desktop-gone": "Desktop lost its connection",
  "no-desktop": "No desktop page open",
  "restarted": "Phone service restarted",
  "wrap-up-over": "Wrap-up time over",
  "deactivated": "Account deactivated",
};

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
