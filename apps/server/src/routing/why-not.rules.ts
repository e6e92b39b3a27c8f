// Why a waiting call is with no agent yet, in words for an admin. Pure. RTE-11.
import type { CallId, ConversationId, CustomerId, Millis, QueueId, UserId } from "@ringdesk/std";
import type { AgentReason, QueueReason, SkillNeed, WhyNotRouted } from "@ringdesk/contract/http";
import type { ChannelLoad } from "../conversations/index.ts";
import type { WaitingCall } from "../calls/index.ts";
import type { Agents, StatusView, Team } from "../teams/index.ts";
import type { Board } from "./board.rules.ts";
import { skillNeeds, type SkillName } from "./queue-line.rules.ts";
import { fullnessIn } from "./seat.rules.ts";
import type { Skills } from "./skill.rules.ts";

/** So many agents are listed; who is nearer to being offered the call comes first. */
const LISTED_AGENTS = 200;

export type WhyParts = {
  readonly call: WaitingCall | null;
  readonly queue: { readonly id: QueueId; readonly displayName: string; readonly isDefault: boolean; readonly voiceEnabled: boolean } | null;
  readonly teams: readonly Team[];
  readonly board: Board;
  readonly skillName: SkillName;
  readonly skillsOf: (user: UserId) => Skills;
  readonly now: Millis;
  readonly nameOf: (user: UserId) => string;
  readonly isActive: (user: UserId) => boolean;
  readonly statusOf: (user: UserId) => StatusView;
  readonly hasDesktop: (user: UserId) => boolean;
  readonly isOnCall: (user: UserId) => boolean;
  readonly loadOf: (user: UserId) => ChannelLoad;
  readonly profilesOf: (user: UserId, queue: QueueId) => ReturnType<Agents["profiles"]>;
  readonly openVoiceOf: (user: UserId) => { readonly id: ConversationId; readonly customerId: CustomerId; readonly customerName: string | null } | null;
};
type QueueWhy = WhyNotRouted["queue"][number];
type AgentWhy = WhyNotRouted["agents"][number]["reasons"][number];

export function whyNotRouted(id: CallId, parts: WhyParts): WhyNotRouted {
  const { call, queue } = parts;
  const teams = queue === null ? [] : parts.teams.filter((team) => team.queues.includes(queue.id));
  const members = [...new Set(teams.flatMap((team) => team.members))].filter(parts.isActive);
  const agents = call === null ? [] : members
    .map((user) => ({ id: user, name: parts.nameOf(user), reasons: agentReasons(parts, call, teams, user) }))
    .sort((a, b) => a.reasons.length - b.reasons.length || a.name.localeCompare(b.name));
  return {
    callId: id, queueId: queue?.id ?? null, queueName: queue?.displayName ?? null, enteredAt: call?.enteredAt ?? null,
    queue: queueReasons(parts, id, teams, members),
    agents: agents.slice(0, LISTED_AGENTS), more: Math.max(0, agents.length - LISTED_AGENTS),
  };
}

/** What keeps all calls of the queue from everybody, or this one because it rings. */
function queueReasons(parts: WhyParts, id: CallId, teams: readonly Team[], members: readonly UserId[]): QueueWhy[] {
  const { call, queue, board } = parts;
  const because = (reason: QueueReason, text: string, settings: QueueWhy["settings"] = null): QueueWhy => ({ reason, text, conversation: null, settings });
  if (call === null || queue === null) return [because("not-waiting", "This call does not wait any more.")];
  const ringsAt = agentOf(board, id);
  if (ringsAt !== null) return [because("rings", `It rings at ${parts.nameOf(ringsAt)} now.`)];
  if (queue.isDefault) return [because("default-queue", "Calls in the default queue ring at nobody. They end in voicemail or as missed, and can be assigned by hand afterwards. A rule or the number's settings can send them to another queue.", "routing")];
  const why: QueueWhy[] = [];
  if (!queue.voiceEnabled) why.push(because("queue-not-voice-enabled", `${queue.displayName} does not accept voice conversations.`, "routing"));
  if (teams.length === 0) why.push(because("queue-not-assigned", `No team has ${queue.displayName} among its assigned queues.`, "teams"));
  else if (members.length === 0) why.push(because("teams-without-members", `${names(teams)} ${teams.length === 1 ? "has" : "have"} no members.`, "teams"));
  else if (teams.every((team) => !team.routingEnabled)) why.push(because("team-routing-off", `Routing is turned off for ${names(teams)}.`, "teams"));
  else {
    const asked = skillNeeds(call, parts.skillName).filter(({ until }) => until === null || until > parts.now);
    const isHad = members.some((user) => lackedSkills(parts, call, user).length === 0);
    if (asked.length > 0 && !isHad) why.push(because("nobody-has-skills", `Nobody in ${names(teams)} has ${asked.map(neededWords(call)).join(" and ")}${asked.length === 1 ? "" : " together"}.`, "skills"));
  }
  return why;
}

function agentReasons(parts: WhyParts, call: WaitingCall, teams: readonly Team[], user: UserId): AgentWhy[] {
  const because = (reason: AgentReason, text: string, settings: AgentWhy["settings"] = null, conversation: AgentWhy["conversation"] = null): AgentWhy => ({ reason, text, settings, conversation });
  const why: AgentWhy[] = [];
  const mine = teams.filter((team) => team.members.includes(user));
  if (mine.every((team) => !team.routingEnabled)) why.push(because("team-routing-off", `Routing is turned off for ${names(mine)}.`, "teams"));
  const status = parts.statusOf(user);
  const named = status.subStatus === null ? "" : ` (${status.subStatus.name})`;
  const cause = status.reason === null ? "" : `: ${status.reason.charAt(0).toLowerCase()}${status.reason.slice(1)}`;
  const isOnCall = parts.isOnCall(user);
  if (isOnCall) why.push(because("on-call", "Is in a call."));
  if (status.value === "busy" && !isOnCall) why.push(because("status-busy", `Is busy${named}${cause}.`));
  if (status.value === "unavailable") why.push(because("status-unavailable", `Is unavailable${named}${cause}.`));
  if (status.value === "available" && !parts.hasDesktop(user)) why.push(because("no-desktop", "Has no desktop or phone connected at which it could ring."));
  const hold = parts.board.seats.get(user)?.hold;
  if ((hold?.kind === "ringing" && parts.board.offers.get(hold.offer)?.call !== call.callId) || (hold?.kind === "claimed" && hold.item !== call.callId)) why.push(because("offer-ringing", "Is being offered another call."));
  const full = isOnCall ? null : fullnessOfProfiles(parts, user, call.queueId);
  const lacking = lackedSkills(parts, call, user);
  if (lacking.length > 0) why.push(because("lacks-skill", `Lacks ${lacking.map(neededWords(call)).join(" and ")}.`, "skills"));
  if (full === "total") why.push(because("total-full", "Has as many open conversations as the team's capacity allows in all.", "teams"));
  if (full === "voice") {
    const open = parts.openVoiceOf(user);
    why.push(because("voice-full", open?.customerName == null ? "Has an open voice conversation. It takes their voice capacity until it is marked done." : `Has an open voice conversation with ${open.customerName}. It takes their voice capacity until it is marked done.`, null, open === null ? null : { id: open.id, customerId: open.customerId }));
  }
  if (parts.board.items.get(call.callId)?.declined.has(user) === true) why.push(because("declined", "Has declined this call. It comes back to them if nobody else can take it."));
  return why.length > 0 ? why : [readyWords(parts, call, user)];
}

/** What the call still asks for and this agent has not. */
const lackedSkills = ({ skillName, skillsOf, now }: WhyParts, call: WaitingCall, user: UserId): readonly SkillNeed[] =>
  skillNeeds(call, skillName).filter(({ id, until }) => (until === null || until > now) && !skillsOf(user).has(id));
/** `the skill Spanish (until it has waited 0:35)`. */
const neededWords = (call: WaitingCall) => ({ name, until }: SkillNeed): string => `the skill ${name}${until === null ? "" : ` (until it has waited ${clockOf(until - call.enteredAt)})`}`;
const clockOf = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.round(ms / 1_000) % 60).padStart(2, "0")}`;

/** Nothing keeps this agent from the call. */
function readyWords({ board, nameOf }: WhyParts, call: WaitingCall, user: UserId): AgentWhy {
  const ringsAt = agentOf(board, call.callId);
  const text = ringsAt === user ? "It rings here now." : ringsAt === null ? "Is ready; the call comes here next." : `Is ready. The call rings at ${nameOf(ringsAt)} first.`;
  return { reason: "would-be-next", text, settings: null, conversation: null };
}

/** Without a profile there is no capacity to speak of: then routing is off, which is said already. */
function fullnessOfProfiles(parts: WhyParts, user: UserId, queue: QueueId): ReturnType<typeof fullnessIn> {
  const profiles = parts.profilesOf(user, queue);
  return profiles.length === 0 ? null : fullnessIn(parts.loadOf(user), profiles);
}

function agentOf(board: Board, call: CallId): UserId | null {
  const hold = board.items.get(call)?.hold;
  if (hold?.kind === "claimed") return hold.agent;
  return hold?.kind === "offered" ? (board.offers.get(hold.offer)?.agent ?? null) : null;
}

const names = (teams: readonly Team[]): string => teams.map((team) => team.displayName).join(", ");
