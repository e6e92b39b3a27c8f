// Makes the picture of README.md anew: node tools/picture.ts
// A customer who has called before is on the phone with an agent; two browsers, the whole product, no account anywhere.
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openPerson, type Person } from "../tests/support/browser.ts";
import { noCall, setStatus, signIn } from "../tests/support/desk.ts";
import { startProduct, type Product } from "../tests/support/product.ts";
import { wait } from "../tests/support/wait.ts";
import { call, finish, openCustomer, speaks, TURN_MS } from "./scene.ts";

const PICTURE = join(import.meta.dirname, "../docs/images/desk.png");
const MAX_BYTES = 200_000;
const FIRST_TALK_MS = 16_000;
const SECOND_TALK_MS = 7_000;
const NOTE = "Order 10472 arrived with a broken lid. A new one is on its way by express, tracking number sent by e-mail.";

async function take(product: Product, agent: Person, customer: Person): Promise<void> {
  const ana = product.agents[0];
  if (ana === undefined) throw new Error("the sample workspace has no agents");
  await speaks(agent, 0);
  await speaks(customer, 1);
  await signIn(agent.page, ana);
  await signIn(customer.page, product.owner);
  await customer.page.goto("/handset");
  await setStatus(agent.page, "Available");

  await call(agent, customer);
  const customerId = openCustomer(agent);
  await wait(FIRST_TALK_MS);
  await customer.page.getByTestId("handset-hangup").click();
  await noCall(agent.page);
  await agent.page.getByTestId("recording-player").waitFor();
  await finish(await product.signIn(ana), customerId, { name: "Maria Jensen", email: "maria@example.com", note: NOTE });
  await setStatus(agent.page, "Available");

  await call(agent, customer);
  await agent.page.getByTestId("recording-player").waitFor();
  await wait(SECOND_TALK_MS);
  await wait(2 * TURN_MS - (Date.now() % (2 * TURN_MS)) + TURN_MS / 2); // the middle of the agent's turn, so that the meter moves
  await mkdir(dirname(PICTURE), { recursive: true });
  await agent.page.mouse.move(700, 790);
  await agent.page.screenshot({ path: PICTURE });
}

const product = await startProduct();
const people = await Promise.all([
  openPerson({ baseUrl: product.baseUrl, hz: 440 }),
  openPerson({ baseUrl: product.baseUrl, hz: 440, viewport: { width: 390, height: 844 } }),
]);
try {
  await take(product, ...people);
  const { size } = await stat(PICTURE);
  if (size > MAX_BYTES) throw new Error(`${PICTURE} has ${size} bytes, more than ${MAX_BYTES}`);
  process.stdout.write(`${PICTURE}: ${size} bytes\n`);
} finally {
  await Promise.all(people.map((each) => each.close()));
  await product.stop();
}
