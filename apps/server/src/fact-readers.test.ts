// Rooms above calls read facts of calls with schemas of their own. Here both sides meet.
import { expect, test } from "vitest";
import { decodeCallFact } from "./calls/index.ts";
import { callNews, isCallNews } from "./conversations/conversation.rules.ts";

test("the facts are read as calls write them", () => {
  const at = 1_700_000_000_000;
  const written = [
    { type: "call.identified", v: 1, at, data: { customerId: "c", customerName: null, conversationId: "v", isNew: true, direction: "inbound", supportNumber: "+12025550100", customerNumber: null, queueId: "q", userId: null } },
    { type: "call.queued", v: 1, at, data: { queueId: "q", queueName: "Support", why: "greeted", leaveAt: at, conversationId: "v" } },
    { type: "call.assigned", v: 1, at, data: { userId: "u", name: "Ana", offerId: "o", connectBy: at, conversationId: "v" } },
    { type: "call.ended", v: 1, at, data: { outcome: "missed", by: "system", reason: "unanswered", settleBy: at, conversationId: "v", queueId: "q", userId: null } },
  ];
  for (const row of written) {
    const decoded = decodeCallFact(row);
    expect(decoded).toMatchObject({ ok: true });
    if (!decoded.ok) continue;
    expect(isCallNews(row.type)).toBe(true);
    expect(callNews.safeParse(decoded.value).error).toBeUndefined();
  }
  expect(isCallNews("call.held")).toBe(false);
});
