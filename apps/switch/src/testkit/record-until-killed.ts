// Child process of a test: records a leg that says a tone, tells when the recording began, and waits to be killed.
import type { LegId, RecordingId } from "@ringdesk/std";
import { createTestPlane } from "./plane.ts";

const test = await createTestPlane({}, process.argv[2]);
const phone = await test.callFrom("a");
phone.say(440);
test.plane.startRecording("crashed" as RecordingId, "a" as LegId, null);
await test.until("recording-started");
process.stdout.write("recording\n");
