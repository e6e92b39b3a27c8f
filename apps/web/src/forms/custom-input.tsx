import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import type { CustomerField } from "@ringdesk/contract/http";

export type CustomValue = string | number | boolean | null;
type Props = { readonly field: CustomerField; readonly value: CustomValue; readonly error?: string | undefined; readonly onChange: (value: CustomValue) => void };

/** One custom field, as its kind is entered. */
export function CustomInput({ field, value, error, onChange }: Props) {
  const common = { label: field.name, error: error ?? null };
  switch (field.kind) {
    case "boolean": return <Checkbox label={field.name} error={error ?? null} checked={value === true} onChange={(event) => { onChange(event.currentTarget.checked); }} />;
    case "number": return <NumberInput {...common} hideControls value={typeof value === "number" ? value : ""} onChange={(next) => { onChange(next === "" ? null : Number(next)); }} />;
    case "choice": return <Select {...common} clearable data={field.choices} value={typeof value === "string" ? value : null} onChange={onChange} />;
    case "date": return <TextInput {...common} type="date" value={typeof value === "string" ? value : ""} onChange={(event) => { onChange(event.currentTarget.value === "" ? null : event.currentTarget.value); }} />;
    case "text": return <TextInput {...common} maxLength={500} value={typeof value === "string" ? value : ""} onChange={(event) => { onChange(event.currentTarget.value === "" ? null : event.currentTarget.value); }} />;
  }
}
