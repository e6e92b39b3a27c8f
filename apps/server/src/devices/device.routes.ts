// Devices at the HTTP edge.
import { err, type Result } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { DeviceError } from "./device.errors.ts";
import type { Devices } from "./devices.ports.ts";

export function deviceRoutes(devices: Devices) {
  return {
    getDevice: async (_, { user }) => answer(devices.of(user.id)),
    setDevice: async ({ body }, { user }) => answer(await devices.choose(user.id, body, user)),
    renewDevicePassword: async (_, { user }) => answer(await devices.renewPassword(user.id, user)),
    getUserDevice: async ({ params }) => answer(devices.of(params.id)),
    setUserDevice: async ({ params, body }, { user }) => answer(await devices.choose(params.id, body, user)),
    renewUserDevicePassword: async ({ params }, { user }) => answer(await devices.renewPassword(params.id, user)),
  } satisfies SomeHandlers;
}

const answer = <T>(result: Result<T, DeviceError>): Result<T, HttpProblem> => (result.ok ? result : err(problemOf(result.error)));

function problemOf(error: DeviceError): HttpProblem {
  const atContact = (detail: string): Pick<HttpProblem, "errors"> => ({ errors: [{ pointer: "/contact", detail }] });
  switch (error.type) {
    case "user-unknown": return problems.notFound;
    case "contact-invalid": return { status: 422, code: error.type, title: "Check what you entered", ...atContact("Write the address like sip:ana@10.0.0.7:5060") };
    case "contact-denied": return { status: 403, code: error.type, title: "Only an admin can enter a fixed address", ...atContact("Ask an admin to enter it, or let the phone register") };
    case "no-account": return { status: 409, code: error.type, title: "This device registers with no password" };
    case "too-many-phones": return { status: 409, code: error.type, title: `At most ${error.limit} phones can register` };
    case "store-away": return problems.storeAway;
  }
}
