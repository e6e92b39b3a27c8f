// Conditions in rows and groups, for queue rules and searches (QUE-3, CRM-4).
import { ActionIcon, Button, Group, SegmentedControl, Select, Text, Tooltip } from "@mantine/core";
import { fieldNames, fieldOf, isGroup, MAX_CRITERIA_DEPTH, MAX_CRITERIA_ITEMS, operatorsOf, operatorWords, type Criteria, type CriteriaScope, type Criterion, type Operator } from "@ringdesk/contract/criteria";
import { IconPlus, IconSquarePlus, IconX } from "@tabler/icons-react";
import { useId } from "react";
import { blankCriterion, firstCriterion, pointerOf, problemAt, replaceAt, withOperator, type Path } from "./criteria-edits.ts";
import type { CriteriaOptions } from "./criteria-options.ts";
import { ValueInput } from "./criteria-values.tsx";

type BuilderProps = {
  readonly scope: CriteriaScope;
  readonly value: Criteria;
  readonly onChange: (next: Criteria) => void;
  readonly options: CriteriaOptions;
  /** What is wrong, by JSON pointer from the criteria: `/items/0/value`. */
  readonly problems?: Readonly<Record<string, string>>;
  /** What criteria without any condition mean here. */
  readonly whenEmpty: string;
};
type Part = Required<Pick<BuilderProps, "scope" | "options" | "problems">> & { readonly path: Path; readonly put: (path: Path, next: Criterion | Criteria | null) => void; readonly full: boolean };

function fieldMenu(scope: CriteriaScope, options: CriteriaOptions) {
  const item = (value: string) => ({ value, label: fieldOf(value)?.label ?? value });
  const names = fieldNames(scope);
  return [
    { group: "Conversation", items: names.filter((name) => name.startsWith("conversation.")).map(item) },
    { group: "Customer", items: [...names.filter((name) => name.startsWith("customer.")).map(item), ...options.custom.map(({ field, label }) => ({ value: field, label }))] },
  ];
}

function Condition({ criterion, scope, options, problems, path, put }: Part & { readonly criterion: Criterion }) {
  const problem = problemAt(problems, path);
  const problemId = useId();
  const kind = fieldOf(criterion.field)?.kind ?? "text";
  const number = path.map((place) => place + 1).join(".");
  const menu = fieldMenu(scope, options);
  return (
    <div className="rd-condition" role="group" aria-label={`Condition ${number}`} {...(problem === null ? {} : { "aria-describedby": problemId })}>
      <Select aria-label="Field" size="sm" searchable allowDeselect={false} data={menu} value={criterion.field} onChange={(next) => { if (next !== null && next !== criterion.field) put(path, blankCriterion(next)); }} />
      <Select aria-label="Comparison" size="sm" allowDeselect={false} data={operatorsOf[kind].map((value) => ({ value, label: operatorWords[value] }))} value={criterion.operator} onChange={(next) => { if (next !== null) put(path, withOperator(criterion, next as Operator)); }} />
      <div className="rd-condition-value"><ValueInput criterion={criterion} options={options} label="Value" invalid={problem !== null} change={(value) => { put(path, { ...criterion, value }); }} /></div>
      <Tooltip label="Remove condition"><ActionIcon variant="subtle" color="gray" size={34} aria-label={`Remove condition ${number}`} onClick={() => { put(path, null); }}><IconX size={16} /></ActionIcon></Tooltip>
      {problem !== null && <Text id={problemId} size="xs" c="var(--mantine-color-error)" className="rd-condition-problem" role="alert">{problem}</Text>}
    </div>
  );
}

function ConditionGroup({ group, whenEmpty, ...part }: Part & { readonly group: Criteria; readonly whenEmpty: string }) {
  const { path, put, problems, scope, full } = part;
  const isWhole = path.length === 0;
  const add = (item: Criterion | Criteria): void => { put(path, { ...group, items: [...group.items, item] }); };
  const own = problems[pointerOf(path)] ?? problems[`${pointerOf(path)}/items`] ?? null;
  return (
    <fieldset className="rd-conditions" data-nested={isWhole ? undefined : true}>
      <legend className="rd-hidden">{isWhole ? "Conditions" : `Group ${path.map((place) => place + 1).join(".")}`}</legend>
      <Group gap={8} mb={group.items.length === 0 ? 0 : 8} wrap="nowrap">
        <SegmentedControl size="xs" aria-label="How many of the conditions must be met" value={group.match} data={[{ value: "all", label: "All" }, { value: "any", label: "Any" }]} onChange={(match) => { put(path, { ...group, match: match as Criteria["match"] }); }} />
        <Text size="sm" c="dimmed" className="rd-grow">of these conditions are met</Text>
        {!isWhole && <Tooltip label="Remove group"><ActionIcon variant="subtle" color="gray" aria-label={`Remove group ${path.map((place) => place + 1).join(".")}`} onClick={() => { put(path, null); }}><IconX size={16} /></ActionIcon></Tooltip>}
      </Group>
      {group.items.length === 0 && isWhole && <Text size="sm" mt={8}>{whenEmpty}</Text>}
      {group.items.map((item, index) => {
        const at = [...path, index];
        return isGroup(item)
          ? <ConditionGroup key={index} {...part} path={at} group={item} whenEmpty={whenEmpty} />
          : <Condition key={index} {...part} path={at} criterion={item} />;
      })}
      {own !== null && <Text size="xs" c="var(--mantine-color-error)" mt={6} role="alert">{own}</Text>}
      <Group gap={6} mt={8}>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} disabled={full} onClick={() => { add(firstCriterion(scope)); }}>Add condition</Button>
        {path.length + 1 < MAX_CRITERIA_DEPTH && <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconSquarePlus size={14} />} disabled={full} onClick={() => { add({ match: group.match === "all" ? "any" : "all", items: [firstCriterion(scope)] }); }}>Add group</Button>}
      </Group>
    </fieldset>
  );
}

const count = (group: Criteria): number => group.items.reduce((sum, item) => sum + 1 + (isGroup(item) ? count(item) : 0), 0);

/** Conditions in rows, any/all, with groups inside. Keeps nothing itself. */
export function CriteriaBuilder({ scope, value, onChange, options, problems = {}, whenEmpty }: BuilderProps) {
  const put = (path: Path, next: Criterion | Criteria | null): void => { onChange(replaceAt(value, path, next)); };
  return <ConditionGroup scope={scope} options={options} problems={problems} path={[]} group={value} put={put} full={count(value) >= MAX_CRITERIA_ITEMS - 1} whenEmpty={whenEmpty} />;
}
