// Reading back what the product recorded, through its API.
import type { CallSummary, Customer, Desk, TimelineEntry } from "@ringdesk/contract/http";
import { until, type ApiClient } from "./product.ts";

export async function customerByNumber(api: ApiClient, number: string): Promise<Customer | undefined> {
  const found = await api.get<{ items: Customer[] }>(`/customers?search=${encodeURIComponent(number)}`);
  return found.items.find((c) => (c.numbers as string[]).includes(number));
}

/** Calls with this number, newest first. */
export async function callsOf(api: ApiClient, number: string): Promise<CallSummary[]> {
  const customer = await customerByNumber(api, number);
  if (!customer) return [];
  const { items } = await api.get<{ items: TimelineEntry[] }>(`/customers/${customer.id}/timeline`);
  return items.flatMap((i) => (i.kind === "call" ? [i.call] : []));
}

/** Waits until the newest call with this number has ended (and its recordings are closed), and gives its summary. */
export const endedCall = (api: ApiClient, number: string, ms = 15_000): Promise<CallSummary> =>
  until(`the call with ${number} to be over`, async () => {
    const call = (await callsOf(api, number))[0];
    return call?.state === "ended" && call.recordings.every((r) => r.state !== "recording") && call;
  }, ms);

/** The audio of a recording, at a link as its player asks for one (REC-2). */
export async function recordingAudio(api: ApiClient, id: string): Promise<Uint8Array> {
  const { url } = await api.get<{ url: string }>(`/recordings/${id}/link`);
  return api.bytes(url.replace(/^\/api\/v1/, ""));
}

export const deskOf = (api: ApiClient): Promise<Desk> => api.get<Desk>("/desk");

/** An open voice conversation takes the agent's capacity (CAP-1) until it is marked done. */
export async function markAllDone(api: ApiClient): Promise<void> {
  const { items } = await api.get<{ items: { id: string }[] }>("/conversations?status=open&mine=true");
  for (const { id } of items) await api.send("POST", `/conversations/${id}/done`);
}
