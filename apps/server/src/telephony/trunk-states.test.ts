import type { TrunkState } from "@ringdesk/contract/switch";
import { expect, test } from "vitest";
import { createTrunkStates } from "./trunk-states.ts";

const state = (up: boolean, registration: TrunkState["registration"] = "none"): TrunkState =>
  ({ trunk: "sip", registration, targets: [{ host: "a.example", port: 5060, transport: "udp", state: up ? "up" : "down" }] });

test("a trunk that goes down is one warning, its return one line", () => {
  const lines: string[] = [];
  const states = createTrunkStates({ info: (_: unknown, text?: string) => void lines.push(`info ${text}`), warn: (_: unknown, text?: string) => void lines.push(`warn ${text}`) } as never);
  states.replace([state(true)]);
  for (const s of [state(false), state(false), state(true), state(true, "refused"), state(true, "registered")]) states.happened({ type: "trunk.state", ...s });
  expect(lines).toEqual(["warn a trunk takes no calls", "info a trunk takes calls again", "warn a trunk takes no calls", "info a trunk takes calls again"]);
  states.replace([]);
  expect(states.all()).toEqual([]);
});
