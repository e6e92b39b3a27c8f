// Settings of routing at the HTTP edge. Who may call which route stands in the route map.
import { ok, type Result } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { MusicSettings } from "./hold-music.service.ts";
import type { QueueSettings } from "./queue-settings.service.ts";
import type { RuleSettings } from "./rule-settings.service.ts";
import type { ScheduleSettings } from "./schedule-settings.service.ts";
import type { SkillSettings } from "./skill-settings.service.ts";
import type { SettingsError } from "./settings.errors.ts";

export type RoutingSettingsRooms = { readonly queues: QueueSettings; readonly rules: RuleSettings; readonly schedules: ScheduleSettings; readonly music: MusicSettings; readonly skills: SkillSettings };

export function routingSettingsRoutes({ queues, rules, schedules, music, skills }: RoutingSettingsRooms) {
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
    hearHoldMusic: async ({ params }) => {
      const heard = faced(await music.hear(params.id));
      return heard.ok ? ok({ durationMs: heard.value.durationMs, base64: Buffer.from(heard.value.wav).toString("base64") }) : heard;
    },
    deleteHoldMusic: async ({ params }, { user }) => emptied(await music.remove(user.id, params.id)),

    listSkills: async () => ok({ items: [...skills.list()] }),
    createSkill: async ({ body }, { user }) => faced(await skills.create(user.id, body)),
    updateSkill: async ({ params, body }, { user }) => faced(await skills.update(user.id, params.id, body)),
    deleteSkill: async ({ params }, { user }) => emptied(await skills.remove(user.id, params.id)),
    setUserSkills: async ({ params, body }, { user }) => {
      const set = faced(await skills.setOf(user.id, params.id, body.skills));
      return set.ok ? ok({ skills: [...set.value] }) : set;
    },

    getRoutingSettings: async () => ok(rules.settings()),
    updateRoutingSettings: async ({ body }, { user }) => faced(await rules.saveSettings(user.id, body)),
  } satisfies SomeHandlers;
}

const faced = <T>(result: Result<T, SettingsError>): Result<T, HttpProblem> => (result.ok ? result : { ok: false, error: settingsProblem(result.error) });
const emptied = (result: Result<void, SettingsError>): Result<Record<string, never>, HttpProblem> => (result.ok ? ok({}) : { ok: false, error: settingsProblem(result.error) });

/** The one table between these errors and HTTP. */
function settingsProblem(error: SettingsError): HttpProblem {
  switch (error.type) {
    case "setting-missing": return { status: 404, code: error.type, title: "This is not there any more", detail: "Somebody may have deleted it meanwhile." };
    case "setting-invalid": return { ...problems.invalid, errors: error.errors };
    case "setting-in-use": return { status: 409, code: error.type, title: "This is in use", detail: `${sentence(error.by, "leads here", "lead here")} Change that first.` };
    case "skill-in-use": return { status: 409, code: error.type, title: "This skill is in use", detail: `${sentence(error.by, "asks for it", "ask for it")} Change that first.` };
    case "default-queue-kept": return { status: 409, code: error.type, title: "The default queue stays", detail: "It takes what no rule placed, so that no call is lost." };
    case "too-many": return { status: 409, code: error.type, title: `There are ${error.limit} already`, detail: "Delete one that is not needed any more." };
    case "store-away": return problems.storeAway;
  }
}

const sentence = (parts: readonly string[], one: string, many: string): string => {
  const text = parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)} ${parts.length === 1 ? one : many}.`;
};
