import { mkdtemp } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { speechRequest } from "@ringdesk/contract/speech";
import { createSocketVoice } from "./wiring.ts";

const request = { locale: "en-US", text: "hello", outPath: "/tmp/x.ulaw" };
let server: Server | null = null;
afterEach(() => { server?.close(); server = null; });

/** A speech process that answers each request as told. */
async function speech(answer: (id: string, socket: Socket) => void): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "rd-voice-")), "speech.sock");
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (line) => answer(speechRequest.parse(JSON.parse(line.toString())).id, socket));
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return path;
}
const why = async (path: string, timeoutMs?: number) => {
  const spoken = await createSocketVoice(path, timeoutMs).speak(request);
  return spoken.ok ? spoken.value : spoken.error.why;
};

test("speaks by the protocol, also when the answer comes in pieces", async () => {
  const path = await speech((id, socket) => {
    const line = `${JSON.stringify({ id, ok: true, durationMs: 900, engine: "test" })}\n`;
    socket.write(line.slice(0, 10));
    setImmediate(() => socket.write(line.slice(10)));
  });
  expect(await why(path)).toEqual({ durationMs: 900 });
});

test("each refusal of the engine is a value", async () => {
  for (const [error, expected] of [["no-voice", "no-voice"], ["busy", "engine-away"], ["timed-out", "timeout"], ["path-refused", "disk"], ["text-empty", "empty"]] as const) {
    const path = await speech((id, socket) => socket.write(`${JSON.stringify({ id, ok: false, error })}\n`));
    expect(await why(path)).toBe(expected);
    server?.close();
  }
});

test("an engine that is away, silent, mad or gone in the middle is a value", async () => {
  expect(await why("/nonexistent/speech.sock")).toBe("engine-away");
  expect(await why(await speech(() => undefined), 50)).toBe("timeout");
  expect(await why(await speech((_, socket) => socket.write("not json\n")))).toBe("engine-away");
  expect(await why(await speech((_, socket) => socket.write(`${JSON.stringify({ id: "other", ok: true, durationMs: 1, engine: "x" })}\n`)))).toBe("engine-away");
  expect(await why(await speech((_, socket) => socket.write("x".repeat(20_000))))).toBe("engine-away");
  expect(await why(await speech((_, socket) => socket.end()))).toBe("engine-away");
});

test("a text that is too long is not even sent", async () => {
  const spoken = await createSocketVoice("/nonexistent").speak({ ...request, text: "x".repeat(2_001) });
  expect(spoken).toMatchObject({ ok: false, error: { why: "text-too-long" } });
});
