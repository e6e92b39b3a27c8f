// Settings of routing at the HTTP edge. Who may call which route stands in the route map.
import { ok, type Result } from "@ringdesk/std";
import type { HttpProblem, SomeHandlers } from "../platform/index.ts";
import type { MusicSettings } from "./hold-music.service.ts";
import type { QueueSettings } from "./queue-settings.service.ts";
import type { RuleSettings } from "./rule-settings.service.ts";
import type { ScheduleSettings } from "./schedule-settings.service.ts";
import { settingsProblem, type SettingsError } from "./settings.errors.ts";

export type RoutingSettingsRooms = { readonly queues: QueueSettings; readonly rules: RuleSettings; readonly schedules: ScheduleSettings; readonly music: MusicSettings };

export function routingSettingsRoutes({ queues, rules, schedules, music }: RoutingSettingsRooms) {
  return {
    listQueueSettings: async () => ok({ items: [...queues.list()] }),
    createQueue: async ({ body }, { user }) => faced(await queues.create(user.id, body)),
    updateQueue: async ({ params, body }, { user }) => faced(await queues.update(user.id, params.id, body)),
    deleteQueue: async ({ params }, { user }) => emptied(await queues.remove(user.id, params.id)),

    listQueueRules: async () => ok({ items: [...rules.list()] }),
    createQueueRule: async ({ body }, { user }) => faced(await rules.create(user.id, body)),
    updateQueueRule: async ({ params, body }, { user }) => faced(await rules.update(user.id, params.id, body)),
    deleteQueueRule: async ({ params }, { user }) => emptied(await rules.remove(user.id, params.id)),
    orderQueueRules: async ({ body }, { user }) => {
      const ordered = faced(await rules.order(user.id, body.ids));
      return ordered.ok ? ok({ items: [...ordered.value] }) : ordered;
    },
    tryQueueRules: async ({ body }) => ok(rules.attempt(body)),

    listSchedules: async () => ok({ items: [...schedules.list()] }),
    createSchedule: async ({ body }, { user }) => faced(await schedules.create(user.id, body)),
    updateSchedule: async ({ params, body }, { user }) => faced(await schedules.update(user.id, params.id, body)),
    deleteSchedule: async ({ params }, { user }) => emptied(await schedules.remove(user.id, params.id)),

    listHoldMusic: async () => ok({ items: [...music.list()] }),
    uploadHoldMusic: async ({ body }, { user }) => faced(await music.upload(user.id, body.name, Buffer.from(body.base64, "base64"))),
    deleteHoldMusic: async ({ params }, { user }) => emptied(await music.remove(user.id, params.id)),

    getRoutingSettings: async () => ok(rules.settings()),
    updateRoutingSettings: async ({ body }, { user }) => faced(await rules.saveSettings(user.id, body)),
  } satisfies SomeHandlers;
}

const faced = <T>(result: Result<T, SettingsError>): Result<T, HttpProblem> => (result.ok ? result : { ok: false, error: settingsProblem(result.error) });
const emptied = (result: Result<void, SettingsError>): Result<Record<string, never>, HttpProblem> => (result.ok ? ok({}) : { ok: false, error: settingsProblem(result.error) });
