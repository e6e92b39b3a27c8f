// Who may import whom. `npm run check` asserts it; structure.integration.test.ts plants a violation of each rule.
import { rooms } from "../../rooms.mjs";

/** An import is a violation when its ends match. `$1` in `to` stands for the first group of `from`. */
export type Rule = {
  readonly name: string;
  readonly why: string;
  readonly from: Ends;
  readonly to: Ends;
  /** Types are erased: importing one does nothing. */
  readonly typesMay: boolean;
};
/** `path`: matches one. `not`: matches none. */
export type Ends = { readonly path?: string; readonly not?: readonly string[] };

const server = "^apps/server/src";
const roomNames = Object.keys(rooms);
const pure = `${server}/[^/]+/.*[.](machine|rules|facts|errors|ports)[.]ts$`;
const pureIndex = `${server}/(?!platform/|kernel/)[^/]+/index[.]ts$`;
/** Tests, their fakes and what only they use. */
const tests = "[.](test|contract|fake|setup)[.]tsx?$|/testkit/|/test-[^/]+[.]ts$|^(tests|tools|bench)/";
const words = "^packages/(std|contract)/";

const forbid = (name: string, why: string, from: Ends, to: Ends): Rule => ({ name, why, from, to, typesMay: false });
const onlyIn = (name: string, dependency: string, where: string, why: string): Rule =>
  forbid(name, why, { path: "^(apps|packages)/", not: [where, tests] }, { path: `^node_modules/${dependency}` });

const general: readonly Rule[] = [
  forbid("std-is-bottom", "std depends on nothing.", { path: "^packages/std/src", not: [tests] }, { not: ["^packages/std/src"] }),
  forbid("telecom-is-sans-io", "Protocol engines import std and nothing else: no node:, no npm.",
    { path: "^packages/telecom/src", not: [tests] }, { not: ["^packages/(telecom|std)/src"] }),
  forbid("contract-is-pure", "Browsers read the contract too: zod and std, no node:.",
    { path: "^packages/contract/src", not: [tests] }, { not: ["^packages/(contract|std)/src", "^node_modules/zod$"] }),
  forbid("apps-meet-in-contract", "Share types through packages/contract.",
    { path: "^apps/([^/]+)/", not: [tests] }, { path: "^apps/", not: ["^apps/$1/"] }),
  forbid("no-one-imports-main", "main.ts starts a process; nobody else may.", {}, { path: "^apps/[^/]+/src/main[.]tsx?$" }),
  forbid("no-test-code-in-product", "Product code must run without its tests.", { path: "^(apps|packages)/", not: [tests] }, { path: tests }),
];

const house: readonly Rule[] = [
  { ...forbid("pure-files-do-no-io", "*.machine|rules|facts|errors|ports.ts decide; they never act. Move the I/O to a service or an adapter.",
    { path: pure, not: [tests] }, { not: [pure, pureIndex, words, "^node_modules/(zod|libphonenumber-js)$"] }), typesMay: true },
  { ...forbid("front-doors-are-pure", "index.ts exports types and pure functions; factories and routes go in wiring.ts.",
    { path: pureIndex }, { not: [pure, words] }), typesMay: true },
  forbid("only-main-wires", "Rooms receive each other as arguments; main.ts introduces them.",
    { not: [`${server}/main[.]ts$`, tests] }, { path: `${server}/[^/]+/wiring[.]ts$` }),
  forbid("rooms-have-one-door", "Enter another room through its index.ts.",
    { path: `${server}/([^/]+)/`, not: [tests] }, { path: `${server}/[^/]+/`, not: [`${server}/$1/`, `${server}/[^/]+/index[.]ts$`, `${server}/[^/]+/wiring[.]ts$`] }),
  forbid("every-room-is-on-the-map", "Add the room to rooms.mjs.",
    { path: `${server}/[^/]+/`, not: [`${server}/(${roomNames.join("|")})/`] }, {}),
  ...Object.entries(rooms).map(([room, may]) =>
    forbid(`room-${room}`, `${room}/ may import only: ${may.join(", ") || "nothing"} (rooms.mjs).`,
      { path: `${server}/${room}/`, not: [tests] }, { path: `${server}/`, not: [`${server}/(${[room, ...may].join("|")})/`] })),
  forbid("only-telephony-speaks-to-the-switch", "The rest of the house knows calls and legs, not the switch's protocol.",
    { path: server, not: [`${server}/telephony/`, tests] }, { path: "^packages/contract/src/switch/" }),
  forbid("server-knows-no-telecom", "SIP, SDP and RTP belong to the switch.", { path: server, not: [tests] }, { path: "^packages/telecom/" }),
  forbid("web-knows-no-telephony", "The browser brings its own media engine, and reads no settings.",
    { path: "^apps/web/src", not: [tests] }, { path: "^packages/telecom/|^packages/contract/src/(switch|config|process|speech)/" }),
];

const edges: readonly Rule[] = [
  onlyIn("sql-only-in-stores", "(pg|@types/pg|kysely)$", `([.]pg[.]ts$|${server}/platform/)`, "SQL lives in *.pg.ts."),
  onlyIn("http-only-in-routes", "(fastify|@fastify/.*)$", `([.](routes|http)[.]ts$|${server}/(platform/|main[.]ts$))`, "HTTP lives in *.routes.ts."),
  onlyIn("webrtc-only-in-its-folder", "node-datachannel$", "^apps/switch/src/webrtc/", "WebRTC lives in the switch's webrtc folder."),
];

export const rules: readonly Rule[] = [...general, ...house, ...edges];
