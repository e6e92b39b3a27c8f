import { Box, FileInput, Group, Loader, Text } from "@mantine/core";
import { UPLOAD_LIMITS } from "@ringdesk/contract/http";
import { err, ok, type Result } from "@ringdesk/std";
import { IconMusic } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { fieldErrors, inOneSentence, request } from "../api/client.ts";
import { soundUrl } from "../ui/sound-url.ts";
import { SoundPlayer } from "../ui/sound-player.tsx";

type Heard =
  | { readonly kind: "nothing" | "converting" }
  | { readonly kind: "sound"; readonly src: string; readonly durationMs: number };

const MB = 1024 * 1024;
const SOUND_RULES = `MP3 up to ${UPLOAD_LIMITS.mp3Bytes / MB} MB or WAV up to ${UPLOAD_LIMITS.bytes / MB} MB, at most ${UPLOAD_LIMITS.longestMs / 60_000} minutes long`;

/** A sound to be uploaded: chosen, converted at once, and played as callers will hear it, before anything is saved. */
export function SoundInput({ label, error, onChange, onRefused }: {
  readonly label: string; readonly error: string | null;
  readonly onChange: (file: File | null) => void; readonly onRefused: (why: string) => void;
}) {
  const [file, setFile] = useState<File | null>(null);
  const [heard, setHeard] = useState<Heard>({ kind: "nothing" });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => { running.current?.abort(); }, []);
  useEffect(() => () => { if (heard.kind === "sound") URL.revokeObjectURL(heard.src); }, [heard]);

  const choose = async (chosen: File | null): Promise<void> => {
    running.current?.abort();
    const { signal } = (running.current = new AbortController());
    setFile(chosen);
    setHeard({ kind: "nothing" });
    onChange(chosen);
    if (chosen === null) return;
    setHeard({ kind: "converting" });
    const read = await readSound(chosen);
    if (signal.aborted) return;
    if (!read.ok) { setHeard({ kind: "nothing" }); onRefused(read.error); return; }
    const preview = await request("previewSound", { body: { base64: read.value } }, signal).catch(() => null); // given up: another was chosen
    if (preview === null || signal.aborted) return;
    setHeard(preview.ok ? { kind: "sound", src: soundUrl(preview.value.base64), durationMs: preview.value.durationMs } : { kind: "nothing" });
    if (!preview.ok) onRefused(fieldErrors(preview.error)["base64"] ?? inOneSentence(preview.error));
  };
  return (
    <div>
      <FileInput label={label} description={SOUND_RULES} placeholder="Choose a file" accept="audio/mpeg,audio/wav,audio/x-wav,.mp3,.wav" leftSection={<IconMusic size={16} />}
        value={file} onChange={(chosen) => void choose(chosen)} error={error} clearable />
      {heard.kind === "converting" && <Group gap={8} mt={10} role="status"><Loader size={14} /><Text size="sm" c="dimmed">Converting to telephone sound…</Text></Group>}
      {heard.kind === "sound" && <Box mt={12}><Text size="xs" c="dimmed" mb={6}>As callers will hear it</Text><SoundPlayer src={heard.src} durationMs={heard.durationMs} name="the sound" /></Box>}
    </div>
  );
}

/** A file as it is sent, base64. The error is what can be said against it without sending it. */
export async function readSound(file: File): Promise<Result<string, string>> {
  if (file.size === 0) return err("The file is empty.");
  if (file.size > UPLOAD_LIMITS.bytes) return err(`The file is too large: ${SOUND_RULES}.`);
  try {
    return ok(base64Of(new Uint8Array(await file.arrayBuffer())));
  } catch {
    return err("This file cannot be read any more. Choose it again.");
  }
}

const CHUNK_BYTES = 0x8000;
/** In pieces, because a call has a limited number of arguments. */
function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  return btoa(text);
}
