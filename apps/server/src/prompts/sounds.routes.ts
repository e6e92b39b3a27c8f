// Uploaded sounds at the HTTP edge.
import { err, ok, type Millis } from "@ringdesk/std";
import { problems, type SomeHandlers } from "../platform/index.ts";
import type { Sounds } from "./sounds.service.ts";

export function soundRoutes(sounds: Sounds) {
  return {
    previewSound: async ({ body }) => {
      const heard = await sounds.preview(Buffer.from(body.base64, "base64"));
      if (!heard.ok) return err({ ...problems.invalid, errors: [{ pointer: "/base64", detail: heard.error.words }] });
      return ok({ durationMs: heard.value.durationMs as Millis, base64: Buffer.from(heard.value.wav).toString("base64") });
    },
  } satisfies SomeHandlers;
}
