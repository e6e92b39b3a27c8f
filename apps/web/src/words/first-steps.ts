// What still stands between a new organisation and its first call.
import type { QueueLine, TeamView } from "@ringdesk/contract/http";

export type FirstStep = { readonly key: "number" | "queue" | "team"; readonly title: string; readonly why: string; readonly to: string; readonly action: string; readonly done: boolean };
type Workspace = {
  readonly numbers: number;
  readonly queues: readonly Pick<QueueLine, "id" | "isDefault" | "voiceEnabled">[];
  readonly teams: readonly Pick<TeamView, "routingEnabled" | "queues" | "members">[];
};

/** The steps in the order in which they are best taken; a call needs all of them. */
export function firstSteps({ numbers, queues, teams }: Workspace): readonly FirstStep[] {
  const voice = queues.filter((queue) => queue.voiceEnabled && !queue.isDefault).map((queue) => queue.id);
  const answering = teams.some((team) => team.routingEnabled && team.members.length > 0 && team.queues.some((id) => voice.includes(id)));
  return [
    { key: "number", title: "A support number", why: "What your customers call.", to: "/settings/numbers", action: "Add a number", done: numbers > 0 },
    { key: "queue", title: "A queue", why: "Where calls wait for somebody to take them.", to: "/settings/routing/new", action: "Add a queue", done: voice.length > 0 },
    { key: "team", title: "A team with routing turned on", why: "Its members are offered the calls of its queues.", to: "/settings/teams", action: "Set up a team", done: answering },
  ];
}
