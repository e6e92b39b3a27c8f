import { Badge, Group } from "@mantine/core";
import { IconSchool } from "@tabler/icons-react";
import { useNow } from "./now.ts";

/** The skills that a waiting call asks for now: one goes when its time is over. */
export function SkillBadges({ skills }: { readonly skills: readonly { readonly id: string; readonly name: string; readonly until: number | null }[] }) {
  const now = useNow(skills.some(({ until }) => until !== null));
  const asked = skills.filter(({ until }) => until === null || until > now);
  if (asked.length === 0) return null;
  return <Group gap={4} mt={3} role="group" aria-label="Requires skills" data-testid="asked-skills">{asked.map(({ id, name }) => <Badge key={id} size="sm" variant="light" color="gray" tt="none" fw={550} leftSection={<IconSchool size={12} />} title={`Requires the skill ${name}`}>{name}</Badge>)}</Group>;
}
