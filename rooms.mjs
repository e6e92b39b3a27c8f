// The map of the house. A room may import only the rooms listed here, and only through their index.ts.
// Read top to bottom: a room never imports one below it. Adding an edge needs an ADR.
const base = ["kernel", "platform", "facts"];
export const rooms = {
  platform: [],
  kernel: [],
  facts: ["kernel", "platform"],
  organisation: [...base],
  teams: [...base, "organisation"],
  customers: [...base, "organisation"],
  conversations: [...base, "organisation", "customers"],
  searches: [...base, "organisation", "customers", "conversations"],
  carriers: [...base, "organisation"],
  numbers: [...base, "organisation", "carriers"],
  telephony: [...base, "carriers", "numbers"],
  devices: [...base, "organisation", "telephony"],
  prompts: ["kernel", "platform"],
  calls: [...base, "organisation", "customers", "conversations", "numbers", "telephony"],
  routing: [...base, "organisation", "teams", "conversations", "numbers", "telephony", "calls"],
  recordings: [...base, "organisation", "customers", "telephony", "calls"],
  live: [...base, "organisation", "teams", "customers", "conversations", "numbers", "calls", "routing", "recordings"],
};
