import { useQuery } from "@tanstack/react-query";
import { customerFieldsQuery, customerTagsQuery } from "../api/customers.ts";
import { criteriaWords, fieldOf, type Criteria } from "@ringdesk/contract/criteria";
import { useCriteriaOptions, type CriteriaOptions } from "./criteria-options.ts";

/** What the conditions of a queue rule can be chosen from. */
export function useRuleOptions(): CriteriaOptions {
  const tags = useQuery(customerTagsQuery).data?.items ?? [];
  const fields = useQuery(customerFieldsQuery).data?.items ?? [];
  return useCriteriaOptions({
    tags: tags.map((tag) => ({ value: tag, label: tag })),
    custom: fields.filter((field) => !field.retired).map(({ key, name, choices }) => ({ field: `customer.custom.${key}`, label: name, choices: choices.map((choice) => ({ value: choice, label: choice })) })),
  });
}

/** The criteria of a rule in a sentence, with the names of what they speak of. */
export function useRuleWords(): (criteria: Criteria) => string {
  const options = useRuleOptions();
  const nameOf = (field: string, value: string | number): string => {
    const source = fieldOf(field)?.source;
    return (source === undefined ? undefined : options[source].find((option) => option.value === String(value))?.label) ?? String(value);
  };
  return (criteria) => criteriaWords(criteria, nameOf, (field) => options.custom.find((each) => each.field === field)?.label ?? null);
}
