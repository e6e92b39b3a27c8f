import type { Millis, UserId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { CREDENTIALS_VALID_MS, turnServers } from "./turn-credentials.ts";

const turn = { urls: ["turn:turn.example.com:3478"], secret: "a secret of coturn's" };
const now = 1_700_000_000_000 as Millis;

test("credentials of a TURN server name their end and the user, and are signed as coturn expects", () => {
  // printf '1700043200:u1' | openssl dgst -sha1 -hmac "a secret of coturn's" -binary | base64
  expect(turnServers(turn, "u1" as UserId, now)).toEqual({
    servers: [{ urls: turn.urls, username: "1700043200:u1", credential: "quKLMPilXFq4I5D29qSIYrYZMt0=" }], validMs: CREDENTIALS_VALID_MS,
  });
});

test("without TURN servers there are none", () => {
  expect(turnServers(null, "u1" as UserId, now).servers).toEqual([]);
});
