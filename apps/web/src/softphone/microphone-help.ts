// What to tell an agent whose microphone cannot be used, for the browser at hand (CALL-9, RTE-4).
import type { MicrophoneProblem } from "./softphone.machine.ts";

export type Browser = "chromium" | "firefox" | "safari";

/** Which browser a user-agent string belongs to. Edge, Opera and Brave are Chromium and mend the same way. */
export function browserOf(userAgent: string): Browser {
  if (userAgent.includes("Firefox/")) return "firefox";
  return userAgent.includes("Safari/") && !/Chrome|Chromium|CriOS|Edg/.test(userAgent) ? "safari" : "chromium";
}

const allow = {
  chromium: ["Click the icon at the left end of the address bar.", "Turn on Microphone (or open Site settings and choose Allow).", "Come back and choose Try again."],
  firefox: ["Click the crossed-out microphone in the address bar.", "Remove the block by the × beside “Blocked”.", "Choose Try again, and Allow when Firefox asks."],
  safari: ["Open the Safari menu, then Settings for This Website.", "Set Microphone to Allow.", "Come back and choose Try again."],
} as const satisfies Record<Browser, readonly string[]>;

export interface MicrophoneHelp { readonly title: string; readonly steps: readonly string[] }

export function microphoneHelp(why: MicrophoneProblem, browser: Browser, secure: boolean): MicrophoneHelp {
  if (!secure) return { title: "Browsers give microphones to secure pages only", steps: ["Open Ringdesk by its https address, or on the machine itself by http://localhost."] };
  switch (why) {
    case "denied": return { title: "Your browser blocks the microphone", steps: allow[browser] };
    case "no-device": return { title: "No microphone was found", steps: ["Plug in a headset or microphone.", "Check that it is turned on in your system's sound settings.", "Choose Try again."] };
    case "in-use": return { title: "The microphone is used by another program", steps: ["Close the other program or the other call.", "Choose Try again."] };
    case "other": return { title: "The microphone could not be opened", steps: ["Unplug your headset and plug it in again.", "Choose Try again."] };
  }
}
