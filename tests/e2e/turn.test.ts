// An agent whose network reaches the TURN server and not the switch. Skipped where coturn is not installed
// (apt-get install coturn).
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, type ApiClient, type Product } from "../support/product.ts";
import { endedCall } from "../support/records.ts";
import { callBySipp } from "../support/sipp.ts";
import { dominant } from "../support/sound.ts";
import { hasCoturn, startTurnServer, type TurnServer } from "../support/turn-server.ts";
import { wait } from "../support/wait.ts";

const AGENT_HZ = 900, CUSTOMER_HZ = 440;
const CUSTOMER = "+12025553501";
const SECRET = "what only coturn and the server know";

describe.skipIf(!hasCoturn)("TURN (skipped without coturn)", () => {
  let turn: TurnServer, product: Product, agent: Person, api: ApiClient;
  beforeAll(async () => {
    turn = await startTurnServer(SECRET);
    product = await startProduct({ settings: { RINGDESK_TURN_URL: `turn:127.0.0.1:${turn.port}?transport=udp`, RINGDESK_TURN_SECRET: SECRET } });
    api = await product.signIn(product.agents[0]!);
    agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
    // A firewall that lets out nothing but TURN leaves the browser only its relay.
    await agent.context.addInitScript(() => {
      const Real = RTCPeerConnection;
      const kept: RTCPeerConnection[] = [];
      Object.assign(globalThis, { connections: kept });
      globalThis.RTCPeerConnection = class extends Real {
        constructor(config?: RTCConfiguration) {
          super({ ...config, iceTransportPolicy: "relay" });
          kept.push(this);
        }
      };
    });
    await signIn(agent.page, product.agents[0]!);
  }, 120_000);
  afterAll(async () => { await agent?.close(); await product?.stop(); await turn?.stop(); });

  test("CALL-12: a call through the relay: both hear each other, and a reload comes back into it", async () => {
    await setStatus(agent.page, "Available");
    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: CUSTOMER, hz: CUSTOMER_HZ });
    await ringing(agent.page, 30_000);
    await accept(agent.page);
    const bothHear = async (): Promise<void> => {
      await phaseIs(agent.page, "talking");
      await wait(1_000);
      const from = performance.now();
      const atAgent = await hear(agent.page, 1_500);
      expect(Math.abs(dominant(atAgent.subarray(4_000)) - CUSTOMER_HZ), "the agent hears the customer").toBeLessThanOrEqual(4);
      expect(Math.abs(dominant(call.phone.heard(from, performance.now())) - AGENT_HZ), "the customer hears the agent").toBeLessThanOrEqual(4);
    };
    await bothHear();
    const way = await agent.page.evaluate(async () => {
      const [connection] = (globalThis as unknown as { connections: RTCPeerConnection[] }).connections.slice(-1);
      const stats = [...(await connection!.getStats()).values()] as { type: string; id: string; state?: string; nominated?: boolean; localCandidateId?: string; candidateType?: string; relayProtocol?: string }[];
      const pair = stats.find((each) => each.type === "candidate-pair" && each.nominated === true && each.state === "succeeded");
      const local = stats.find((each) => each.id === pair?.localCandidateId);
      return { type: local?.candidateType, relay: local?.relayProtocol };
    });
    expect(way).toEqual({ type: "relay", relay: "udp" });
    await agent.page.reload();
    await bothHear();
    await press(agent.page, "End");
    await noCall(agent.page);
    expect(await call.ended, await call.errors()).toBe(0);
    expect(await endedCall(api, CUSTOMER)).toMatchObject({ outcome: "answered", endedBy: "agent" });
  }, 120_000);

  test("the secret stays with the server, and what browsers get ends by itself", async () => {
    const { servers, validMs } = await api.get<{ servers: { urls: string[]; username: string; credential: string }[]; validMs: number }>("/ice-servers");
    const endsInS = Number(servers[0]!.username.split(":")[0]) - Date.now() / 1_000;
    expect(endsInS).toBeGreaterThan(validMs / 1_000 - 60);
    expect(endsInS).toBeLessThanOrEqual(validMs / 1_000);
    expect(JSON.stringify(servers)).not.toContain(SECRET);
    expect(turn.output()).not.toMatch(/incorrect|not matched/i);
  });
});
