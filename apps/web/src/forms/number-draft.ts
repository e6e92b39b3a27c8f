// A support number while it is edited, and what of it is sent. Pure.
import type { NumberChange, NumberMenu, SupportNumber } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";

export type MenuKey = { readonly key: string; readonly queueId: QueueId | null };
/** `menu` and `voicemail` keep what was typed while they are switched off. */
export type NumberDraft = {
  readonly label: string;
  readonly greeting: string;
  readonly queueId: QueueId | null;
  readonly recording: boolean;
  readonly menu: { readonly on: boolean; readonly prompt: string; readonly keys: readonly MenuKey[] };
  readonly voicemail: { readonly on: boolean; readonly greeting: string };
};

const ALL_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"] as const;
const VOICEMAIL_GREETING = "We cannot take your call right now. Please leave a message after the tone. Press the pound key when you are done.";

export const draftOf = ({ label, greeting, queueId, recording, menu, voicemail }: SupportNumber): NumberDraft => ({
  label, greeting, queueId, recording,
  menu: menu === null ? { on: false, prompt: "", keys: [{ key: "1", queueId: null }] } : { on: true, prompt: menu.prompt, keys: menu.keys },
  voicemail: voicemail.on || voicemail.greeting !== "" ? voicemail : { on: false, greeting: VOICEMAIL_GREETING },
});

/** What is missing before anything can be sent, by the field's pointer; nothing when it can. */
export function draftProblems({ label, menu, voicemail }: NumberDraft): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  if (label.trim() === "") problems["label"] = "Enter a label";
  if (voicemail.on && voicemail.greeting.trim() === "") problems["voicemail/greeting"] = "Say what callers hear before the tone";
  if (!menu.on) return problems;
  if (menu.prompt.trim() === "") problems["menu/prompt"] = "Say which key does what";
  menu.keys.forEach(({ key, queueId }, index) => {
    if (queueId === null) problems[`menu/keys/${index}/queueId`] = "Choose a queue";
    if (menu.keys.findIndex((other) => other.key === key) < index) problems[`menu/keys/${index}/key`] = "This key leads somewhere already";
  });
  return problems;
}

/** The change that the draft makes; to be asked for once nothing is missing. */
export function changeOf({ label, greeting, queueId, recording, menu, voicemail }: NumberDraft): NumberChange {
  const keys = menu.keys.flatMap((each): NumberMenu["keys"] => (each.queueId === null ? [] : [{ key: each.key, queueId: each.queueId }]));
  return {
    label: label.trim(), greeting: greeting.trim(), queueId, recording,
    menu: menu.on ? { prompt: menu.prompt.trim(), keys } : null, voicemail: { on: voicemail.on, greeting: voicemail.greeting.trim() },
  };
}

/** Keys that a further line of the menu can have. */
export const freeKeys = (keys: readonly MenuKey[]): readonly string[] => ALL_KEYS.filter((key) => keys.every((each) => each.key !== key));
