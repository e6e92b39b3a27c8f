// What the bench profile offers to a load generator: a few short users in place of telephone numbers.
import type { E164, NumberId, QueueId } from "@ringdesk/std";
import type { SupportNumber } from "@ringdesk/contract/http";

/** Where calls of the users below go: a static contact on the generator's side. */
export const CONTACT = { user: "agent001", host: "127.0.0.1", port: 15_090 } as const;
/** The only neighbour: it calls us and is called. */
export const BENCH_TRUNK = "bench";

export type BenchUser = {
  readonly user: string;
  readonly number: E164;
  readonly recording: boolean;
  /** `wait`: answered, and left with hold music until the caller hangs up. `contact`: bridged to the contact. */
  readonly does: "wait" | "contact";
};

const at = (user: string, does: BenchUser["does"], recording = false): BenchUser => ({ user, does, recording, number: `+12025550${user}` as E164 });

/** The users that are offered. Those that queue behind a prompt (200 and 201) join when calls can be asked for a digit. */
export const benchUsers: readonly BenchUser[] = [at("100", "wait"), at("300", "contact"), at("301", "contact", true)];

/** A user of the list, or a caller's number as generators write it: digits without a plus. */
export function readBenchNumber(text: string): E164 | null {
  const known = benchUsers.find(({ user }) => user === text);
  if (known !== undefined) return known.number;
  return /^\+?[1-9]\d{6,14}$/.test(text) ? (`+${text.replace("+", "")}` as E164) : null;
}

export const supportNumberOf = ({ user, number, recording }: BenchUser, queueId: QueueId): SupportNumber =>
  ({ id: `bench-${user}` as NumberId, number, label: user, carrier: "sip", greeting: "", queueId, recording, menu: null, voicemail: { on: false, greeting: "" } });

/** The contact centre (users 200 and 201): a prompt, the key 1, a queue; 201 records. */
export const CENTRE = {
  prompt: "Press one to be connected.",
  numbers: [{ number: "+12025550200", recording: false }, { number: "+12025550201", recording: true }],
} as const;
