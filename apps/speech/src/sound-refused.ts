import type { SoundFault } from "@ringdesk/contract/speech";

/** What is wrong with an uploaded sound; `detail` says more about it, for a person: how long it is, what the file is instead. */
export type SoundRefused = { readonly type: "sound-refused"; readonly fault: SoundFault; readonly detail: string };
export const refused = (fault: SoundFault, detail: string): SoundRefused => ({ type: "sound-refused", fault, detail });

/** For a person: rounded up, so that what is a second too long is not said to be as long as allowed. */
export const inMinutes = (ms: number): string => `${Math.ceil(ms / 6_000) / 10} minutes`;
