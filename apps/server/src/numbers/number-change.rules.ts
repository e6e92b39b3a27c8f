// What a change of a support number may say, and what it makes of the number. Pure.
import type { QueueId } from "@ringdesk/std";
import type { NumberChange, SupportNumber } from "@ringdesk/contract/http";

type Problem = { readonly pointer: string; readonly detail: string };
const NO_QUEUE = "This queue is no more; choose another";

/** What is wrong with a change, field by field. */
export function changeProblems(change: NumberChange, isQueue: (id: QueueId) => boolean): readonly Problem[] {
  const problems: Problem[] = [];
  if (change.queueId != null && !isQueue(change.queueId)) problems.push({ pointer: "/queueId", detail: NO_QUEUE });
  const keys = change.menu?.keys ?? [];
  keys.forEach(({ key, queueId }, index) => {
    if (keys.findIndex((other) => other.key === key) < index) problems.push({ pointer: `/menu/keys/${index}/key`, detail: "This key leads somewhere already" });
    if (!isQueue(queueId)) problems.push({ pointer: `/menu/keys/${index}/queueId`, detail: NO_QUEUE });
  });
  if (change.voicemail?.on === true && change.voicemail.greeting === "") problems.push({ pointer: "/voicemail/greeting", detail: "Say what callers hear before the tone" });
  return problems;
}

/** The number with the fields of the change. */
export const changed = (number: SupportNumber, change: NumberChange): SupportNumber => ({
  ...number,
  label: change.label ?? number.label, greeting: change.greeting ?? number.greeting, recording: change.recording ?? number.recording,
  queueId: change.queueId === undefined ? number.queueId : change.queueId, menu: change.menu === undefined ? number.menu : change.menu,
  voicemail: change.voicemail ?? number.voicemail,
});

/** All that callers of a number are told in its own words. */
export const textsOf = ({ greeting, menu, voicemail }: SupportNumber): readonly string[] =>
  [greeting, menu?.prompt ?? "", voicemail.on ? voicemail.greeting : ""].filter((text) => text !== "");
