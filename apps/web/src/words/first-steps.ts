// What still stands between a new organisation and its first call.
import type { QueueLine, SupportNumber, TeamView } from "@ringdesk/contract/http";

export type FirstStep = { readonly key: "number" | "queue" | "team" | "way"; readonly title: string; readonly why: string; readonly to: string; readonly action: string; readonly done: boolean };
type Workspace = {
  readonly numbers: readonly Pick<SupportNumber, "id" | "queueId" | "menu">[];
  readonly queues: readonly Pick<QueueLine, "id" | "isDefault" | "voiceEnabled">[];
  readonly teams: readonly Pick<TeamView, "routingEnabled" | "queues" | "members">[];
  /** Whether a queue rule is turned on. */
  readonly hasRule: boolean;
};

/** The steps in the order in which they are best taken; a call needs all of them. */
export function firstSteps({ numbers, queues, teams, hasRule }: Workspace): readonly FirstStep[] {
  const voice = queues.filter((queue) => queue.voiceEnabled && !queue.isDefault).map((queue) => queue.id);
  const answering = teams.some((team) => team.routingEnabled && team.members.length > 0 && team.queues.some((id) => voice.includes(id)));
  const [first] = numbers;
  const leads = hasRule || numbers.some((number) => number.menu !== null || (number.queueId !== null && voice.includes(number.queueId)));
  return [
    { key: "number", title: "A support number", why: "What your customers call.", to: "/settings/numbers", action: "Add a number", done: first !== undefined },
    { key: "queue", title: "A queue", why: "Where calls wait for somebody to take them.", to: "/settings/routing/new", action: "Add a queue", done: voice.length > 0 },
    { key: "team", title: "A team with routing turned on", why: "Its members are offered the calls of its queues.", to: "/settings/teams", action: "Set up a team", done: answering },
    { key: "way", title: "The way from the number to the queue", why: "Without one, calls go to the default queue and ring at nobody.", to: first === undefined ? "/settings/numbers" : `/settings/numbers/${first.id}`, action: "Choose the queue", done: leads },
  ];
}
