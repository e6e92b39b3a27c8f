// The sample workspace of a first start (ORG-1): everything that a newcomer needs to place and answer a call at once.
import type { CustomerId, E164, Millis, NumberId, QueueId, TeamId } from "@ringdesk/std";
import type { NewSupportNumber } from "./numbers/index.ts";
import type { SeedOutcome, SetupMade, SetupSeed } from "./organisation/index.ts";
import type { Transaction } from "./platform/index.ts";
import type { Team } from "./teams/index.ts";

/** What the rooms offer to fill a workspace with. Everything happens in the transaction of the first start. */
export type SampleRooms = {
  readonly queue: (trx: Transaction, queue: { readonly name: string; readonly displayName: string; readonly isDefault: boolean; readonly voiceEnabled: boolean }, at: Millis) => Promise<QueueId>;
  readonly team: (trx: Transaction, team: Pick<Team, "name" | "displayName" | "routingEnabled" | "members" | "queues">, at: Millis) => Promise<TeamId>;
  readonly number: (trx: Transaction, number: NewSupportNumber, at: Millis) => Promise<NumberId>;
  /** CRM-4: calls in the default queue, to be assigned by hand. */
  readonly search: (trx: Transaction, defaultQueue: QueueId, at: Millis) => Promise<void>;
  /** Null when somebody has one of the numbers already. */
  readonly customer: (trx: Transaction, customer: { readonly name: string; readonly numbers: readonly E164[]; readonly emails: readonly string[]; readonly vip: boolean; readonly at: Millis }) => Promise<CustomerId | null>;
};

/** Support numbers of the sandbox carrier, by country: 555-0100 is set aside for fiction in every area code. */
const SUPPORT_NUMBERS: Readonly<Record<string, E164>> = { US: "+12025550100" as E164, CA: "+16135550100" as E164 };
const OTHER_SUPPORT_NUMBER = "+12025550100" as E164;

/** Their area codes are not those of the handsets. */
const CUSTOMERS = [
  { name: "Maria Jensen", numbers: ["+13035550142" as E164], emails: ["maria.jensen@mail.example"], vip: false },
  { name: "Tom Okada", numbers: ["+12065550117" as E164, "+12065550118" as E164], emails: ["tom@okada.example"], vip: true },
  { name: "Chloé Tremblay", numbers: ["+14185550163" as E164], emails: [], vip: false },
] as const;
const AGENTS = ["Ana Silva", "Ben Okafor"] as const;

/** What a support number of this organisation says first. */
export const greetingOf = (organisation: string): string =>
  `Thank you for calling ${organisation}. Please hold, and the next available agent will take your call.`;

/** Fills a new workspace. The default queue is always made (glossary); the sample only when it was asked for. */
export function createWorkspaceSeed(rooms: SampleRooms): SetupSeed {
  return async (trx, made) => {
    const defaultQueue = await rooms.queue(trx, { name: "default", displayName: "Default queue", isDefault: true, voiceEnabled: false }, made.now);
    await rooms.search(trx, defaultQueue, made.now);
    return made.sample ? sample(rooms, trx, made) : { sampleUsers: [], supportNumber: null };
  };
}

async function sample(rooms: SampleRooms, trx: Transaction, made: SetupMade): Promise<SeedOutcome> {
  const at = made.now;
  const queueId = await rooms.queue(trx, { name: "support", displayName: "Support", isDefault: false, voiceEnabled: true }, at);
  const agents = [];
  for (const name of AGENTS) {
    agents.push(await made.createUser({ name, email: sampleEmail(name, made), role: "agent" }));
  }
  const members = [made.owner.id, ...agents.map((a) => a.user.id)];
  await rooms.team(trx, { name: "support", displayName: "Support", routingEnabled: true, members, queues: [queueId] }, at);
  const number = SUPPORT_NUMBERS[made.organisation.country] ?? OTHER_SUPPORT_NUMBER;
  await rooms.number(trx, { number, label: "Support", carrier: "sandbox", greeting: greetingOf(made.organisation.name), queueId, recording: true }, at);
  for (const customer of CUSTOMERS) await rooms.customer(trx, { ...customer, at });
  return {
    sampleUsers: agents.map(({ user, password }) => ({ name: user.name, email: user.email, password })),
    supportNumber: number,
  };
}

/** `ana@<organisation>.example`, and never the owner's own address. */
function sampleEmail(name: string, made: SetupMade): string {
  const domain = made.organisation.name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "").slice(0, 40) || "workspace";
  const [first = "agent"] = name.toLowerCase().split(" ");
  const email = `${first}@${domain}.example`;
  return email === made.owner.email.toLowerCase() ? `${first}.agent@${domain}.example` : email;
}
