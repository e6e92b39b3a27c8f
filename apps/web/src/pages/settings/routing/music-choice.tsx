import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import type { HoldMusicId } from "@ringdesk/std";
import { IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useSave } from "../../../api/people.ts";
import { holdMusicQuery } from "../../../api/routing-settings.ts";
import { readSound, SoundInput } from "../../../forms/sound-input.tsx";
import { useForm } from "../../../forms/use-form.ts";
import { Problem } from "../../../ui/states.tsx";
import { span } from "../../../words/time.ts";

const STANDARD = "standard";

/** The music that callers of a queue hear, from what was uploaded, or a new upload. */
export function MusicChoice({ value, error, onChange }: { readonly value: HoldMusicId | null; readonly error: string | undefined; readonly onChange: (music: HoldMusicId | null) => void }) {
  const music = useQuery(holdMusicQuery).data?.items ?? [];
  const [uploading, setUploading] = useState(false);
  return (
    <Group align="flex-end" gap="sm">
      <Select label="Hold music" allowDeselect={false} className="rd-grow" value={value ?? STANDARD} error={error} data={[{ value: STANDARD, label: "Standard music" }, ...music.map(({ id, name, durationMs }) => ({ value: id as string, label: `${name} (${span(durationMs)})` }))]}
        onChange={(chosen) => { onChange(chosen === null || chosen === STANDARD ? null : (chosen as HoldMusicId)); }} />
      <Button variant="default" leftSection={<IconUpload size={16} />} onClick={() => { setUploading(true); }} data-testid="upload-music">Upload</Button>
      {uploading && <UploadDialog onClose={() => { setUploading(false); }} onDone={(id) => { setUploading(false); onChange(id); }} />}
    </Group>
  );
}

/** Uploads a sound, which is heard before. What is wrong with it is said at the field. */
export function UploadDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: (music: HoldMusicId) => void }) {
  const { save, pending } = useSave();
  const form = useForm({ name: "", base64: "" });
  const [file, setFile] = useState<File | null>(null);
  /** The file's name, until the person enters another. */
  const [suggested, setSuggested] = useState("");
  const choose = (chosen: File | null): void => {
    setFile(chosen);
    form.set("base64", "");
    if (chosen === null || (form.values.name !== "" && form.values.name !== suggested)) return;
    const name = chosen.name.replace(/\.[^.]*$/, "").slice(0, 100);
    setSuggested(name);
    form.set("name", name);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    event.stopPropagation(); // the dialog's form stands in the form of the queue
    if (file === null) { form.mark({ base64: "Choose a file" }); return; }
    const read = await readSound(file);
    if (!read.ok) { form.mark({ base64: read.error }); return; }
    const made = await save("uploadHoldMusic", { body: { name: form.values.name, base64: read.value } });
    if (made.ok) onDone(made.value.id); else form.refuse(made.error);
  };
  return (
    <Modal opened onClose={onClose} title="Upload hold music">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          <SoundInput label="Sound" error={form.field("base64").error} onChange={choose} onRefused={(why) => { form.mark({ base64: why }); }} />
          <TextInput label="Name" name="musicName" maxLength={100} {...form.field("name")} />
          <Problem>{form.problem}</Problem>
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending}>Upload</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
