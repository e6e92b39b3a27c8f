// npm run bench:serve: the bench profile, until Ctrl-C. docs/guides/benchmarks.md says what it offers.
import { startProfileHouse } from "./profile/house.ts";
import { benchUsers, CONTACT } from "./profile/numbers.ts";

const profile = await startProfileHouse();
const { address, pids } = profile;
process.stdout.write([
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
