import { Group, MultiSelect, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { fieldOf, valueShape, type Criterion, type CriterionValue, type Field } from "@ringdesk/contract/criteria";
import { useState } from "react";
import { useHouseStyle } from "../api/session.ts";
import type { CriteriaOptions, Option } from "./criteria-options.ts";
import { zonedInstant, zonedText } from "../words/zoned-time.ts";

type Editor = { readonly label: string; readonly field: Field; readonly criterion: Criterion; readonly options: readonly Option[]; readonly invalid: boolean; readonly change: (value: CriterionValue) => void };
const text = (value: CriterionValue): string => (typeof value === "string" ? value : "");
const list = (value: CriterionValue): string[] => (Array.isArray(value) ? [...(value as readonly string[])] : []);

/** A value that is no longer among the options (a deleted queue) stays visible. */
function withGone(options: readonly Option[], chosen: readonly string[]): Option[] {
  return [...options, ...chosen.filter((value) => value !== "" && !options.some((each) => each.value === value)).map((value) => ({ value, label: `${value} (gone)` }))];
}

const units = [{ value: "60000", label: "minutes" }, { value: "3600000", label: "hours" }, { value: "86400000", label: "days" }] as const;
const unitOf = (ms: number): number => [86_400_000, 3_600_000].find((unit) => ms > 0 && ms % unit === 0) ?? 60_000;

function SpanInput({ label, criterion, invalid, change }: Editor) {
  const ms = typeof criterion.value === "number" ? criterion.value : 0;
  const [unit, setUnit] = useState(unitOf(ms));
  const count = ms / unit;
  return (
    <Group gap={6} wrap="nowrap">
      <NumberInput aria-label={`${label}: how many`} size="sm" w={80} min={1} max={100_000} allowDecimal={false} value={count === 0 ? "" : count} error={invalid} onChange={(next) => { change(typeof next === "number" ? next * unit : 0); }} />
      <Select aria-label={`${label}: unit`} size="sm" w={110} allowDeselect={false} data={[...units]} value={String(unit)} onChange={(next) => { const chosen = Number(next); setUnit(chosen); change(Math.max(1, Math.round(count)) * chosen); }} />
    </Group>
  );
}

function InstantInput({ label, criterion, invalid, change }: Editor) {
  const { timeZone } = useHouseStyle();
  return <TextInput type="datetime-local" aria-label={label} size="sm" error={invalid} value={typeof criterion.value === "number" ? zonedText(criterion.value, timeZone) : ""} onChange={(event) => { change(zonedInstant(event.currentTarget.value, timeZone) ?? ""); }} />;
}

function ListInput({ label, field, criterion, options, invalid, change }: Editor) {
  const shared = { "aria-label": label, size: "sm", error: invalid, value: list(criterion.value), onChange: (next: string[]) => { change(next); } } as const;
  if (field.kind === "set") return <TagsInput {...shared} placeholder={list(criterion.value).length === 0 ? "Tags" : ""} data={options.map((each) => each.value)} acceptValueOnBlur />;
  return <MultiSelect {...shared} searchable placeholder={list(criterion.value).length === 0 ? "Choose" : ""} data={withGone(options, list(criterion.value))} />;
}

function OneInput({ label, field, criterion, options, invalid, change }: Editor) {
  const value = text(criterion.value);
  if (field.kind === "boolean") {
    return <Select aria-label={label} size="sm" allowDeselect={false} data={[{ value: "true", label: "Yes" }, { value: "false", label: "No" }]} value={String(criterion.value)} onChange={(next) => { change(next === "true"); }} />;
  }
  if (field.kind === "choice" || field.kind === "id") {
    return <Select aria-label={label} size="sm" searchable placeholder="Choose" error={invalid} data={withGone(options, [value])} value={value === "" ? null : value} onChange={(next) => { change(next ?? ""); }} />;
  }
  if (field.kind === "number") {
    return <NumberInput aria-label={label} size="sm" error={invalid} value={typeof criterion.value === "number" ? criterion.value : ""} onChange={(next) => { change(typeof next === "number" ? next : ""); }} />;
  }
  if (options.length > 0 && field.kind === "text") {
    return <Select aria-label={label} size="sm" searchable placeholder="Choose" error={invalid} data={withGone(options, [value])} value={value === "" ? null : value} onChange={(next) => { change(next ?? ""); }} />;
  }
  return <TextInput aria-label={label} size="sm" error={invalid} maxLength={200} placeholder={field.kind === "phones" ? "+1202" : field.kind === "set" ? "Tag" : ""} value={value}
    onChange={(event) => { const typed = event.currentTarget.value; change(field.kind === "phones" ? typed.replace(/[\s().-]/g, "") : typed); }} />;
}

/** What stands at the right of a condition, by the kind of its field. */
export function ValueInput({ criterion, options, label, invalid, change }: { readonly criterion: Criterion; readonly options: CriteriaOptions; readonly label: string; readonly invalid: boolean; readonly change: (value: CriterionValue) => void }) {
  const field = fieldOf(criterion.field);
  if (field === null) return null;
  const known = Object.entries(field.choices ?? {}).map(([value, words]) => ({ value, label: words }));
  const choices = known.length > 0 ? known : field.source === undefined ? options.custom.find((each) => each.field === criterion.field)?.choices ?? [] : options[field.source];
  const editor = { label, field, criterion, options: choices, invalid, change };
  switch (valueShape(criterion.operator)) {
    case "nothing": return null;
    case "several": return <ListInput {...editor} />;
    case "span": return <SpanInput {...editor} />;
    case "one": return field.kind === "instant" ? <InstantInput {...editor} /> : <OneInput {...editor} />;
  }
}
