import { Alert, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { teamsQuery } from "../../../api/people.ts";
import type { WizardValues } from "../../../forms/queue-wizard.machine.ts";
import { useRuleWords } from "../../../forms/rule-options.ts";

/** What will be made, and for which teams routing is turned on (QUE-1). */
export function WizardReview({ values }: { readonly values: WizardValues }) {
  const wordsOf = useRuleWords();
  const teams = useQuery(teamsQuery).data?.items ?? [];
  const chosen = [...teams.filter((team) => values.teams.includes(team.id)).map((team) => team.displayName), ...(values.withNewTeam ? [`${values.teamDisplayName} (new)`] : [])];
  return (
    <>
      <dl className="rd-facts" data-testid="wizard-review">
        <dt>Name</dt><dd>{values.name}{values.displayName !== values.name && <Text span c="dimmed" size="sm"> · shown as {values.displayName}</Text>}</dd>
        <dt>Takes</dt><dd>{!values.voiceEnabled ? "Text messages, e-mail and chat; no calls" : values.voiceOnly ? "Calls only" : "Calls, text messages, e-mail and chat"}</dd>
        <dt>Rule</dt><dd>{values.withRule ? wordsOf(values.criteria) : "None"}</dd>
        <dt>Teams</dt><dd>{chosen.length === 0 ? "None" : chosen.join(", ")}</dd>
      </dl>
      <Alert mt="md" color={chosen.length === 0 ? "yellow" : "brand"} variant="light" icon={<IconInfoCircle size={18} />}>
        {chosen.length === 0 ? "No team takes this queue yet: its conversations wait until you add one." : `Routing is turned on for ${chosen.join(", ")}. From then on this queue's conversations are offered to their available members.`}
      </Alert>
    </>
  );
}
