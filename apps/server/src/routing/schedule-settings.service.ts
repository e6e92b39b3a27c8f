// Business schedules as admins make them (QUE-6).
import { err, invariant, ok, type ScheduleId, type UserId } from "@ringdesk/std";
import type { Schedule as ScheduleView, ScheduleFields } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import { isNameTaken } from "./queue-options.rules.ts";
import { deleteSchedule, insertSchedule, updateSchedule } from "./queue-settings.pg.ts";
import type { Schedule } from "./routing.ports.ts";
import { isOpen, nextChange } from "./schedule.rules.ts";
import type { Change, Changed, SettingsDeps } from "./settings.changes.ts";
import { fault } from "./settings.errors.ts";

const MAX_SCHEDULES = 100;

export interface ScheduleSettings {
  readonly list: () => readonly ScheduleView[];
  readonly create: (by: UserId, schedule: ScheduleFields) => Changed<ScheduleView>;
  readonly update: (by: UserId, id: ScheduleId, change: { readonly [K in keyof ScheduleFields]?: ScheduleFields[K] | undefined }) => Changed<ScheduleView>;
  readonly remove: (by: UserId, id: ScheduleId) => Changed<void>;
}

export function createScheduleSettings(deps: SettingsDeps & { readonly change: Change }): ScheduleSettings {
  const { queues, change, audit, clock } = deps;
  const usersOf = (id: ScheduleId) => queues.all().filter((queue) => queue.scheduleId === id);
  const viewOf = (schedule: Schedule): ScheduleView => ({
    id: schedule.id, name: schedule.name, timeZone: schedule.timeZone,
    week: schedule.week.map((hours) => [...hours]), holidays: schedule.holidays.map((holiday) => ({ ...holiday, hours: [...holiday.hours] })),
    isOpen: isOpen(schedule, clock.now()), nextChangeAt: nextChange(schedule, clock.now()),
    queues: usersOf(schedule.id).map(({ id, displayName }) => ({ id, displayName })),
  });
  const known = (id: ScheduleId): ScheduleView => {
    const schedule = queues.schedule(id);
    invariant(schedule !== null, "a schedule that was just stored is known");
    return viewOf(schedule);
  };
  const isTaken = (id: string, name: string): boolean => isNameTaken(queues.schedules(), { id, name });
  return {
    list: () => queues.schedules().map(viewOf),
    create: (by, schedule) => change(() => {
      const id = newId<ScheduleId>();
      if (isTaken(id, schedule.name)) return err(fault("/name", "Another schedule has this name"));
      if (queues.schedules().length >= MAX_SCHEDULES) return err({ type: "too-many", limit: MAX_SCHEDULES });
      return ok({ write: (trx) => insertSchedule(trx, id, inOrder(schedule), clock.now()), done: () => {
        void audit.record(by, "schedule.created", null, { id, ...schedule });
        return known(id);
      } });
    }),
    update: (by, id, wanted) => change(() => {
      const before = queues.schedule(id);
      if (before === null) return err({ type: "setting-missing" });
      const { name, timeZone, week, holidays } = known(id);
      const after: ScheduleFields = { name: wanted.name ?? name, timeZone: wanted.timeZone ?? timeZone, week: wanted.week ?? week, holidays: wanted.holidays ?? holidays };
      if (isTaken(id, after.name)) return err(fault("/name", "Another schedule has this name"));
      return ok({ write: (trx) => updateSchedule(trx, id, inOrder(after)), done: () => {
        void audit.record(by, "schedule.changed", before, { id, ...after });
        return known(id);
      } });
    }),
    remove: (by, id) => change(() => {
      const before = queues.schedule(id);
      if (before === null) return err({ type: "setting-missing" });
      const used = usersOf(id);
      if (used.length > 0) return err({ type: "setting-in-use", by: used.map((queue) => `the queue “${queue.displayName}”`) });
      return ok({ write: (trx) => deleteSchedule(trx, id), done: () => { void audit.record(by, "schedule.deleted", before, null); } });
    }),
  };
}

/** Ranges by their start, holidays by their day. */
const inOrder = (schedule: ScheduleFields): ScheduleFields => ({
  ...schedule,
  week: schedule.week.map(byStart), holidays: schedule.holidays.map((h) => ({ ...h, hours: byStart(h.hours) })).sort((a, b) => a.date.localeCompare(b.date)),
});
const byStart = (hours: ScheduleFields["week"][number]) => [...hours].sort((a, b) => a.from - b.from);
