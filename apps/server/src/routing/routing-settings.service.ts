import { createMusicSettings, type HearSound, type KeepSound } from "./hold-music.service.ts";
import { createQueueSettings, type QueueSettingsDeps } from "./queue-settings.service.ts";
import { createRuleSettings, type RuleSettingsDeps } from "./rule-settings.service.ts";
import { createScheduleSettings } from "./schedule-settings.service.ts";
import { createSkillSettings } from "./skill-settings.service.ts";
import { createChange, type SettingsDeps } from "./settings.changes.ts";
import type { RoutingSettingsRooms } from "./settings.routes.ts";

export type RoutingSettingsDeps = SettingsDeps & Pick<QueueSettingsDeps, "teams" | "isUser"> & Pick<RuleSettingsDeps, "agents"> & {
  readonly numbers: QueueSettingsDeps["numbers"] & RuleSettingsDeps["numbers"];
  /** The media folder, absolute. */
  readonly media: string;
  readonly keepSound: KeepSound;
  readonly hearSound: HearSound;
};

/** All that admins can set about routing. One line of changes: none is decided by what another is about to change. */
export function createRoutingSettings(deps: RoutingSettingsDeps): RoutingSettingsRooms {
  const inLine = { ...deps, change: createChange(deps) };
  return { queues: createQueueSettings(inLine), rules: createRuleSettings(inLine), schedules: createScheduleSettings(inLine), music: createMusicSettings(inLine), skills: createSkillSettings(inLine) };
}
