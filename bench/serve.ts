// npm run bench:serve, or npm run bench:serve -- centre: the bench profile or the contact centre, until Ctrl-C.
// docs/guides/benchmarks.md says what they offer.
import { openDesks } from "./load/desks.ts";
import { startCentreHouse, startProfileHouse } from "./profile/house.ts";
import { benchUsers, CENTRE, CONTACT } from "./profile/numbers.ts";

const agents = Number(process.env["BENCH_AGENTS"] ?? "50");
const isCentre = process.argv[2] === "centre";
const profile = isCentre ? await startCentreHouse(agents) : await startProfileHouse();
const { address, pids } = profile;
if (isCentre) await openDesks(profile.origin, agents);
process.stdout.write(isCentre ? [
  `SIP over UDP: ${address}   agents: sip:agent001@${CONTACT.host}:${CONTACT.port} to agent${String(agents).padStart(3, "0")}`,
  `users: ${CENTRE.numbers.map(({ number, recording }) => `${number} (prompt, key 1, queue${recording ? ", recorded" : ""})`).join(", ")}`,
  `pids: switch ${pids.switch}, server ${pids.server}, PostgreSQL ${pids.postgres}`, "",
].join("\n") : [
  `SIP over UDP: ${address}   contact: sip:${CONTACT.user}@${CONTACT.host}:${CONTACT.port}`,
  `users: ${benchUsers.map(({ user, does, recording }) => `${user} (${does === "wait" ? "answer" : "bridge to the contact"}${recording ? ", recorded" : ""})`).join(", ")}`,
  `pids: switch ${pids.switch}, server ${pids.server}`, "",
].join("\n"));

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void profile.stop().then(() => process.exit(0));
  });
}
