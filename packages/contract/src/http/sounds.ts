// Sounds that admins upload: hold music, greetings.
import { z } from "zod";
import { span } from "../ids/index.ts";
import { UPLOAD_LIMITS } from "../speech/index.ts";
import type { Route } from "./route.ts";

export { UPLOAD_LIMITS } from "../speech/index.ts";

/** As base64 a file is a third longer. */
const MAX_BASE64_CHARS = Math.ceil(UPLOAD_LIMITS.bytes / 3) * 4;
/** A file as it is sent. What it holds is looked at by whoever takes it. */
export const soundBase64 = z.string().min(1, "Choose a file that is not empty").max(MAX_BASE64_CHARS, "At most 10 MB");
/** What a route needs that takes one: room, and the time to convert it. */
export const soundUpload = { maxBodyBytes: MAX_BASE64_CHARS + 4_096, patienceMs: 45_000 } as const;
/** A WAV for the browser's player. */
export const playableSound = z.object({ durationMs: span, base64: z.string() });

export const soundsApi = {
  previewSound: {
    method: "POST", path: "/settings/sounds/preview", access: "admin", summary: "What callers would hear of a sound, before it is saved: a WAV of telephone audio", ...soundUpload,
    body: z.object({ base64: soundBase64 }), response: playableSound,
  },
} as const satisfies Record<string, Route>;
