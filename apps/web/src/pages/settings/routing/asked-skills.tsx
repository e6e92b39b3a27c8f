// What a rule or a queue asks for of agents (QUE-6).
import { Anchor, MultiSelect, Stack, Switch, Text } from "@mantine/core";
import { MAX_ASKED_SKILLS, RELAX_AFTER_MS, type AskedSkills } from "@ringdesk/contract/http";
import type { SkillId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { routingSettingsQuery, skillsQuery } from "../../../api/routing-settings.ts";
import { Seconds, Section } from "./queue-fields.tsx";

const USUAL_RELAX_MS = 60_000;
const SECOND_MS = 1_000;
type Asking = { readonly value: AskedSkills; readonly errors: Readonly<Record<string, string>>; readonly onChange: (asks: AskedSkills) => void };

/** Which skills, and whether anybody will do after a while. */
export function AskedSkillsInput({ value, errors, onChange }: Asking) {
  const skills = useQuery(skillsQuery);
  const timeoutMs = useQuery(routingSettingsQuery).data?.unansweredTimeoutMs;
  const all = skills.data?.items ?? [];
  const { relaxAfterMs } = value;
  const never = relaxAfterMs !== null && timeoutMs !== undefined && relaxAfterMs >= timeoutMs;
  if (skills.data !== undefined && all.length === 0) {
    return <Text size="sm" c="dimmed">There are no skills to ask for yet. They are named under <Anchor component={Link} to="/settings/routing/skills" size="sm">Routing › Skills</Anchor>.</Text>;
  }
  return (
    <Stack gap="xs">
      <MultiSelect label="Requires skills" description="Only agents who have all of them are offered these calls" placeholder={value.skills.length === 0 ? "None: any agent of the queue" : ""} searchable clearable hidePickedOptions maxValues={MAX_ASKED_SKILLS} nothingFoundMessage="No skill is found"
        data={all.map((skill) => ({ value: skill.id as string, label: skill.name }))} value={[...value.skills]} error={errors["asks/skills"]} onChange={(chosen) => { onChange({ ...value, skills: chosen as SkillId[], relaxAfterMs: chosen.length === 0 ? null : relaxAfterMs }); }} />
      {value.skills.length > 0 && <Switch label="After a while, any agent of the queue will do" name="relax" checked={relaxAfterMs !== null} onChange={(event) => { onChange({ ...value, relaxAfterMs: event.currentTarget.checked ? USUAL_RELAX_MS : null }); }} />}
      {value.skills.length > 0 && relaxAfterMs !== null && (
        <div style={{ paddingInlineStart: 50 }}>
          <Seconds label="After waiting for" valueMs={relaxAfterMs} limits={RELAX_AFTER_MS} error={errors["asks/relaxAfterMs"]} onChange={(ms) => { onChange({ ...value, relaxAfterMs: ms }); }} />
          {never && <Text size="sm" mt={6} c="var(--mantine-color-orange-light-color)" role="status">Calls are unanswered after {timeoutMs / SECOND_MS} seconds (Routing › Settings), before that.</Text>}
        </div>
      )}
    </Stack>
  );
}

export const SkillsFields = (asking: Asking) => <Section title="Skills"><AskedSkillsInput {...asking} /></Section>;
