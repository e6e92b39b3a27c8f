// A workspace that looks as if people worked in it, filled by the API like any other client does.
import type { ApiClient } from "../tests/support/product.ts";

/** Examples for the parameters of addresses, by the parameter's name. */
export type Places = Readonly<Record<string, string>>;
type Item = { readonly id: string };
type Items<T = Item> = { readonly items: readonly T[] };

const FIELDS = [
  { name: "Account number", kind: "text" }, { name: "Plan", kind: "choice", choices: ["Basic", "Plus", "Business"] },
  { name: "Customer since", kind: "date" }, { name: "Seats", kind: "number" },
];
const CUSTOMERS = [
  { name: "Amara Okonkwo", numbers: [{ number: "+13125550121", consent: "yes" }, { number: "+13125550122" }], emails: ["amara@okonkwo.example"], tags: ["wholesale", "early adopter"], language: "en-US", vip: true, custom: { account_number: "A-20417", plan: "Business", customer_since: "2021-03-09", seats: 48 } },
  { name: "Zoë Lindqvist", numbers: [{ number: "+14155550171" }], emails: ["zoe.lindqvist@mail.example"], tags: ["returns"], language: "en-GB", custom: { account_number: "A-20733", plan: "Plus" } },
  { name: "Étienne Gagnon", numbers: [{ number: "+15145550109", consent: "no" }], emails: [], tags: [], language: "fr-CA", custom: { account_number: "A-21102", plan: "Basic" } },
  { name: "Mei Tanaka", numbers: [{ number: "+12065550190" }], emails: ["mei@tanaka.example"], tags: ["wholesale"], language: "ja" },
  { name: "Noah Feldman", numbers: [{ number: "+16175550144" }], emails: ["noah@feldman.example", "orders@feldman.example"], tags: ["late delivery"], custom: { plan: "Plus" } },
  { name: "Isabel Duarte", numbers: [{ number: "+13055550160" }], emails: ["isabel@duarte.example"], tags: [], language: "pt-BR" },
  { name: "Grant Whitfield", numbers: [{ number: "+17135550102" }], emails: [], tags: ["returns", "late delivery"] },
  { name: "Sofia Moretti", numbers: [{ number: "+12125550187" }], emails: ["sofia@moretti.example"], tags: [], language: "it", vip: true },
];
const CALLERS = [{ name: "Priya Nair", numbers: [{ number: "+13125550188" }], vip: true }, { name: "Luis Ortega", numbers: [{ number: "+14155550134" }] }];
const OFFICE_DAY = [{ from: 540, to: 1_050 }];
const SCHEDULE = { name: "Office hours", timeZone: "America/New_York", week: [OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, [], []], holidays: [{ date: "2027-01-01", name: "New Year's Day", hours: [] }] };
const VIPS = { match: "all", items: [{ field: "customer.vip", operator: "is", value: true }] };
const WRITTEN = [
  { channel: "email", address: "noah@feldman.example", subject: "Where is order 10472?", text: "It should have been here on Monday. Can you look into it?" },
  { channel: "chat", address: "mei@tanaka.example", text: "Do you ship the large one to Canada?" },
  { channel: "email", address: "sofia@moretti.example", subject: "Invoice for March", text: "Please send the invoice again, with our new address." },
];
const NOTES = ["Agreed on a partial refund of 40 dollars, to be paid with the next invoice.", "Prefers to be called in the afternoon."];

/** Puts customers, fields and conversations into a new workspace. */
export async function fillWorkspace(api: ApiClient): Promise<void> {
  for (const field of FIELDS) await api.send("POST", "/customer-fields", field);
  for (const customer of CUSTOMERS) {
    const { id } = await api.send<Item>("POST", "/customers", customer);
    if (customer.vip === true) for (const text of NOTES) await api.send("POST", `/customers/${id}/notes`, { text });
  }
  for (const customer of CALLERS) await api.send("POST", "/customers", customer);
  for (const conversation of WRITTEN) await api.send("POST", "/conversations", conversation);
  await api.send("POST", "/settings/users", { name: "Carla Nowak", email: "carla@acme.example", role: "manager" });
  await api.send("POST", "/settings/permission-sets", { name: "Team lead", permissions: ["live-view", "reporting", "listen-recordings"] });
  const [team] = (await api.get<Items>("/settings/teams")).items;
  const priority = await api.send<Item>("POST", "/settings/queues", { name: "vip", displayName: "VIP line", voiceEnabled: true, voiceOnly: false, criteria: VIPS, teams: team === undefined ? [] : [team.id], newTeam: null });
  const users = (await api.get<Items>("/users")).items.map(({ id }) => id);
  await api.send("POST", "/settings/skills", { name: "French", agents: users.slice(0, 1) });
  const billing = await api.send<Item>("POST", "/settings/skills", { name: "Billing", agents: users.slice(0, 2) });
  await api.send("PATCH", `/settings/queues/${priority.id}`, { priority: 9, asks: { skills: [billing.id], relaxAfterMs: 60_000 } });
  await api.send("POST", "/settings/schedules", SCHEDULE);
  for (const [status, name] of [["busy", "Training"], ["unavailable", "Lunch"]]) await api.send("POST", "/settings/statuses", { status, name });
}

/** What stands for each parameter of an address. */
export async function placesOf(api: ApiClient): Promise<Places> {
  const first = async (path: string, wanted: (item: Item & Readonly<Record<string, unknown>>) => boolean = () => true): Promise<string> => {
    const { items } = await api.get<Items<Item & Readonly<Record<string, unknown>>>>(path);
    const found = items.find(wanted) ?? items[0];
    if (found === undefined) throw new Error(`GET ${path} has nothing to show`);
    return found.id;
  };
  const { link } = await api.send<{ link: { path: string } }>("POST", "/settings/users", { name: "Dev Patel", email: "dev@acme.example", role: "agent" });
  return {
    customerId: await first("/customers?search=Amara"), teamId: await first("/settings/teams"), userId: await first("/users"), numberId: await first("/numbers"),
    scheduleId: await first("/settings/schedules"), queueId: await first("/queues", (queue) => queue["isDefault"] === false),
    token: link.path.split("/").at(-1) ?? "",
  };
}
