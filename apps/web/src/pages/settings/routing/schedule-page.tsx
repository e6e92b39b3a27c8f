import { ActionIcon, Button, Group, Select, Stack, Text, TextInput, Title, Tooltip } from "@mantine/core";
import type { Schedule, ScheduleFields } from "@ringdesk/contract/http";
import { IconClock, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState, type FormEvent } from "react";
import { useSave } from "../../../api/people.ts";
import { schedulesQuery } from "../../../api/routing-settings.ts";
import { useHouseStyle } from "../../../api/session.ts";
import { useFaults } from "../../../forms/use-faults.ts";
import { notify } from "../../../ui/notify.ts";
import { ReasonButton } from "../../../ui/reason-button.tsx";
import { Nothing, Problem } from "../../../ui/states.tsx";
import { opening, weekdays } from "../../../words/routing.ts";
import { Unread } from "../../list-card.tsx";
import { Back, Heading } from "../../page.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { HoursInput, type Hours } from "./hours-input.tsx";

/** A plain text, because the addresses of settings are in a list of their own. */
export const SCHEDULES: string = "/settings/schedules";
const OFFICE: Hours = [{ from: 540, to: 1_020 }];
type Errors = Readonly<Record<string, string>>;
/** What stands at a field, or anywhere below it. */
const errorBelow = (errors: Errors, pointer: string): string | null => Object.entries(errors).find(([at]) => at === pointer || at.startsWith(`${pointer}/`))?.[1] ?? null;

function Week({ week, errors, onChange }: { readonly week: ScheduleFields["week"]; readonly errors: Errors; readonly onChange: (week: ScheduleFields["week"]) => void }) {
  const put = (day: number, hours: Hours): void => { onChange(week.map((old, index) => (index === day ? [...hours] : old))); };
  return (
    <div role="group" aria-label="Weekly hours">
      {weekdays.map((name, day) => (
        <div key={name} className="rd-day">
          <Text size="sm" fw={550}>{name}</Text>
          <HoursInput label={name} hours={week[day] ?? []} error={errorBelow(errors, `week/${day}`)} onChange={(hours) => { put(day, hours); }} />
          {day === 0 ? <Button size="compact-xs" variant="subtle" color="gray" onClick={() => { onChange(week.map((old, index) => (index < 5 ? [...(week[0] ?? [])] : old))); }}>Copy to Friday</Button> : <span />}
        </div>
      ))}
    </div>
  );
}

function Holidays({ holidays, errors, onChange }: { readonly holidays: ScheduleFields["holidays"]; readonly errors: Errors; readonly onChange: (holidays: ScheduleFields["holidays"]) => void }) {
  const put = (place: number, change: Partial<ScheduleFields["holidays"][number]>): void => { onChange(holidays.map((old, index) => (index === place ? { ...old, ...change } : old))); };
  const wholeList = errors["holidays"] ?? null;
  return (
    <Stack gap="sm">
      {holidays.length === 0 && <Text size="sm" c="dimmed">None. On a holiday the hours of its weekday do not count: it is closed, or open at hours of its own.</Text>}
      {holidays.map((holiday, place) => (
        <div key={place} className="rd-holiday" role="group" aria-label={`Holiday ${place + 1}`}>
          <TextInput type="date" aria-label="Day" value={holiday.date} error={errors[`holidays/${place}/date`]} onChange={(event) => { put(place, { date: event.currentTarget.value }); }} />
          <TextInput aria-label="Name of the holiday" placeholder="Name" maxLength={100} value={holiday.name} error={errors[`holidays/${place}/name`]} onChange={(event) => { put(place, { name: event.currentTarget.value }); }} />
          <HoursInput label={holiday.name === "" ? `Holiday ${place + 1}` : holiday.name} hours={holiday.hours} error={errorBelow(errors, `holidays/${place}/hours`)} onChange={(hours) => { put(place, { hours: [...hours] }); }} />
          <Tooltip label="Remove"><ActionIcon variant="subtle" color="gray" size={34} aria-label={`Remove holiday ${place + 1}`} onClick={() => { onChange(holidays.filter((_, index) => index !== place)); }}><IconX size={16} /></ActionIcon></Tooltip>
        </div>
      ))}
      {wholeList !== null && <Text size="xs" c="var(--mantine-color-error)" role="alert">{wholeList}</Text>}
      <Group><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => { onChange([...holidays, { date: "", name: "", hours: [] }]); }}>Add holiday</Button></Group>
    </Stack>
  );
}

function ScheduleForm({ schedule }: { readonly schedule: Schedule | null }) {
  const { timeZone: ownZone } = useHouseStyle();
  const { save, pending } = useSave();
  const navigate = useNavigate();
  const start = useMemo((): ScheduleFields => (schedule === null ? { name: "", timeZone: ownZone, week: weekdays.map((_, day) => (day < 5 ? [...OFFICE] : [])), holidays: [] } : { name: schedule.name, timeZone: schedule.timeZone, week: schedule.week, holidays: schedule.holidays }), [schedule, ownZone]);
  const zones = useMemo(() => [...new Set([ownZone, start.timeZone, ...Intl.supportedValuesOf("timeZone")])].sort(), [ownZone, start.timeZone]);
  const [draft, setDraft] = useState(start);
  const { errors, problem, refuse, forget } = useFaults("Some fields need another look.");
  const [deleting, setDeleting] = useState(false);
  const put = (change: Partial<ScheduleFields>): void => {
    setDraft((now) => ({ ...now, ...change }));
    forget(...Object.keys(change));
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const saved = schedule === null ? await save("createSchedule", { body: draft }) : await save("updateSchedule", { params: { id: schedule.id }, body: draft });
    if (saved.ok) {
      notify("info", `“${saved.value.name}” is saved`, opening(saved.value, Date.now()));
      await navigate({ to: SCHEDULES });
      return;
    }
    refuse(saved.error);
  };
  return (
    <>
      <Heading title={schedule?.name ?? "New schedule"}>
        {schedule !== null && <ReasonButton variant="subtle" color="red" leftSection={<IconTrash size={16} />} reason={schedule.queues.length > 0 ? `${schedule.queues.map((queue) => queue.displayName).join(", ")} ${schedule.queues.length === 1 ? "follows" : "follow"} it. Choose another schedule there first.` : null} onClick={() => { setDeleting(true); }}>Delete</ReasonButton>}
      </Heading>
      <form onSubmit={(event) => void submit(event)} noValidate className="rd-sections">
        <section className="rd-card" style={{ padding: 20 }} aria-label="Basics">
          <Stack gap="md" maw={440}>
            <TextInput label="Name" name="scheduleName" maxLength={100} placeholder="Office hours" value={draft.name} error={errors["name"]} onChange={(event) => { put({ name: event.currentTarget.value }); }} />
            <Select label="Time zone" searchable allowDeselect={false} maxDropdownHeight={240} limit={80} data={zones} value={draft.timeZone} error={errors["timeZone"]} onChange={(timeZone) => { if (timeZone !== null) put({ timeZone }); }} />
          </Stack>
        </section>
        <section className="rd-card" style={{ padding: 20 }} aria-label="Hours"><Title order={2} fz={16} mb="sm">Hours</Title><Week week={draft.week} errors={errors} onChange={(week) => { put({ week }); }} /></section>
        <section className="rd-card" style={{ padding: 20 }} aria-label="Holidays"><Title order={2} fz={16} mb="sm">Holidays</Title><Holidays holidays={draft.holidays} errors={errors} onChange={(holidays) => { put({ holidays }); }} /></section>
        <Problem>{problem}</Problem>
        <Group justify="flex-end"><Button variant="default" onClick={() => void navigate({ to: SCHEDULES })}>Cancel</Button><Button type="submit" loading={pending} data-testid="save-schedule">Save</Button></Group>
      </form>
      {deleting && schedule !== null && <DeleteDialog operation="deleteSchedule" input={{ params: { id: schedule.id } }} name={schedule.name} onClose={() => { setDeleting(false); }} onDone={() => void navigate({ to: SCHEDULES })}>No queue follows it. Its hours and holidays are lost.</DeleteDialog>}
    </>
  );
}

/** A new schedule, or one that is changed. */
export function SchedulePage() {
  const { scheduleId } = useParams({ strict: false }) as { readonly scheduleId?: string };
  const schedules = useQuery(schedulesQuery);
  const schedule = schedules.data?.items.find(({ id }) => id === scheduleId);
  return (
    <>
      <Back to={SCHEDULES}>Business schedules</Back>
      {scheduleId === undefined && <ScheduleForm schedule={null} />}
      {scheduleId !== undefined && <Unread list={schedules} />}
      {scheduleId !== undefined && schedules.data !== undefined && schedule === undefined && <div className="rd-card"><Nothing icon={<IconClock />} title="There is no such schedule">It may have been deleted meanwhile.</Nothing></div>}
      {schedule !== undefined && <ScheduleForm key={schedule.id} schedule={schedule} />}
    </>
  );
}
