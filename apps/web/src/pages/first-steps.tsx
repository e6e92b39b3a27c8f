import { Button, Group, Text, Title } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { teamsQuery } from "../api/people.ts";
import { numbersQuery, queuesQuery } from "../api/queries.ts";
import { queueRulesQuery } from "../api/routing-settings.ts";
import { useSession } from "../api/session.ts";
import { firstSteps, type FirstStep } from "../words/first-steps.ts";

function Step({ step, place, next }: { readonly step: FirstStep; readonly place: number; readonly next: boolean }) {
  return (
    <li className="rd-step" data-done={step.done ? true : undefined} data-testid={`first-step-${step.key}`}>
      {step.done ? <IconCircleCheckFilled size={22} color="var(--mantine-color-call-6)" role="img" aria-label="Done" /> : <span className="rd-step-place" aria-hidden>{place}</span>}
      <div className="rd-grow"><Text size="sm" fw={600}>{step.title}</Text><Text size="sm" c="dimmed">{step.why}</Text></div>
      {!step.done && <Button component={Link} to={step.to} size="xs" variant={next ? "filled" : "default"}>{step.action}</Button>}
    </li>
  );
}

/** Tells an admin what is still missing before a call can reach anybody; nothing once all of it is there. */
export function FirstSteps() {
  const isAdmin = useSession().user.role === "admin";
  const numbers = useQuery({ ...numbersQuery, enabled: isAdmin });
  const queues = useQuery({ ...queuesQuery, enabled: isAdmin });
  const teams = useQuery({ ...teamsQuery, enabled: isAdmin });
  const rules = useQuery({ ...queueRulesQuery, enabled: isAdmin });
  if (!isAdmin || rules.data === undefined || numbers.data === undefined || queues.data === undefined || teams.data === undefined) return null;
  const steps = firstSteps({ hasRule: rules.data.items.some((rule) => rule.enabled), numbers: numbers.data.items, queues: queues.data.items, teams: teams.data.items });
  const next = steps.find((step) => !step.done);
  if (next === undefined) return null;
  return (
    <section className="rd-card" aria-labelledby="first-steps" style={{ marginBottom: 16 }} data-testid="first-steps">
      <Group justify="space-between" px={20} pt={16} pb={4}>
        <Title order={2} fz={16} id="first-steps">Get ready for calls</Title>
        <Text size="sm" c="dimmed">{steps.filter((step) => step.done).length} of {steps.length} done</Text>
      </Group>
      <ol className="rd-first-steps">{steps.map((step, index) => <Step key={step.key} step={step} place={index + 1} next={step === next} />)}</ol>
      <Text size="sm" c="dimmed" px={20} pb={16}>Then choose Available in the status menu, at the top of every page, and calls are offered to you.</Text>
    </section>
  );
}
