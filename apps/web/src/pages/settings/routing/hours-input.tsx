import { ActionIcon, Button, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { MAX_RANGES_PER_DAY } from "@ringdesk/contract/http";
import { IconPlus, IconX } from "@tabler/icons-react";
import { clockOf, minutesOf } from "../../../words/routing.ts";

export type Hours = readonly { readonly from: number; readonly to: number }[];
const USUAL_DAY = { from: 540, to: 1_020 };
const HOUR = 60;
const END_OF_DAY = 1_440;

/** The hours of one day, none of which means closed. An end at 00:00 is the end of the day. */
export function HoursInput({ label, hours, error, onChange }: { readonly label: string; readonly hours: Hours; readonly error: string | null; readonly onChange: (hours: Hours) => void }) {
  const put = (place: number, change: Partial<Hours[number]>): void => { onChange(hours.map((old, index) => (index === place ? { ...old, ...change } : old))); };
  const add = (): void => {
    const last = hours.at(-1);
    const from = last === undefined ? USUAL_DAY.from : Math.min(last.to + HOUR, END_OF_DAY - HOUR);
    onChange([...hours, last === undefined ? USUAL_DAY : { from, to: Math.min(from + 4 * HOUR, END_OF_DAY) }]);
  };
  return (
    <div>
      <Group gap={10}>
        {hours.length === 0 && <Text size="sm" c="dimmed" w={76}>Closed</Text>}
        {hours.map((range, place) => (
          <Group key={place} gap={4} wrap="nowrap">
            <TextInput type="time" size="xs" w={126} aria-label={`${label}: from`} value={clockOf(range.from)} error={error !== null} onChange={(event) => { const from = minutesOf(event.currentTarget.value, "start"); if (from !== null) put(place, { from }); }} />
            <Text size="sm" c="dimmed" aria-hidden>–</Text>
            <TextInput type="time" size="xs" w={126} aria-label={`${label}: until`} value={clockOf(range.to)} error={error !== null} onChange={(event) => { const to = minutesOf(event.currentTarget.value, "end"); if (to !== null) put(place, { to }); }} />
            <Tooltip label="Remove these hours"><ActionIcon variant="subtle" color="gray" size={28} aria-label={`${label}: remove ${clockOf(range.from)} to ${clockOf(range.to)}`} onClick={() => { onChange(hours.filter((_, index) => index !== place)); }}><IconX size={14} /></ActionIcon></Tooltip>
          </Group>
        ))}
        {hours.length < MAX_RANGES_PER_DAY && <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconPlus size={13} />} aria-label={`${label}: add hours`} onClick={add}>Add hours</Button>}
      </Group>
      {error !== null && <Text size="xs" c="var(--mantine-color-error)" mt={4} role="alert">{error}</Text>}
    </div>
  );
}
