import { Anchor, Badge, Group, Text } from "@mantine/core";
import { customerLanguages, type Customer, type CustomerField, type CustomerLanguage } from "@ringdesk/contract/http";
import { useQuery } from "@tanstack/react-query";
import { customerFieldsQuery } from "../api/customers.ts";
import { useHouseStyle } from "../api/session.ts";
import { NumberLine } from "../softphone/dialer.tsx";
import { callerName } from "../words/calls.ts";
import { fullTime, shortDay } from "../words/time.ts";

/** What to call a customer: the name, else a number, else an e-mail address. */
export const customerName = (customer: Customer, format: (number: string) => string): string =>
  callerName({ name: customer.name ?? (customer.numbers.length === 0 ? customer.emails[0] ?? null : null), number: customer.numbers[0] ?? null }, format);

const valueWords = (field: CustomerField, value: string | number | boolean): string => (field.kind === "boolean" ? (value === true ? "Yes" : "No") : String(value));

function Numbers({ customer }: { readonly customer: Customer }) {
  if (customer.numbers.length === 0) return customer.hiddenNumber ? "Hidden number" : <Text span size="sm" c="dimmed">None</Text>;
  const consents = new Map(customer.consents.map((each) => [each.number, each.consent]));
  return customer.numbers.map((number) => {
    const consent = consents.get(number);
    return (
      <Group key={number} gap={6}>
        <NumberLine number={number} customerId={customer.id} />
        {consent !== undefined && <Badge size="xs" variant="light" color={consent === "yes" ? "teal" : "red"}>{consent === "yes" ? "May be texted" : "No texts"}</Badge>}
      </Group>
    );
  });
}

/** What is known of a customer, to read. */
export function CustomerFacts({ customer }: { readonly customer: Customer }) {
  const { timeZone } = useHouseStyle();
  const fields = useQuery(customerFieldsQuery).data?.items ?? [];
  return (
    <dl className="rd-facts" style={{ marginTop: 14, gridTemplateColumns: "minmax(56px, max-content) minmax(0, 1fr)", columnGap: 10 }}>
      <dt>Phone</dt><dd><Numbers customer={customer} /></dd>
      {customer.emails.length > 0 && <><dt>E-mail</dt><dd>{customer.emails.map((email) => <div key={email}><Anchor size="sm" href={`mailto:${email}`}>{email}</Anchor></div>)}</dd></>}
      {customer.language !== null && <><dt>Language</dt><dd>{customerLanguages[customer.language as CustomerLanguage] ?? customer.language}</dd></>}
      {customer.tags.length > 0 && <><dt>Tags</dt><dd><Group gap={4}>{customer.tags.map((tag) => <Badge key={tag} size="sm" variant="light" color="gray">{tag}</Badge>)}</Group></dd></>}
      {fields.map((field) => {
        const value = customer.custom[field.key];
        return value === undefined ? null : <div key={field.key} style={{ display: "contents" }}><dt style={{ maxWidth: 92, overflowWrap: "anywhere" }}>{field.name}</dt><dd>{valueWords(field, value)}</dd></div>;
      })}
      <dt>Added</dt><dd title={fullTime(customer.createdAt, timeZone)}>{shortDay(customer.createdAt, Date.now(), timeZone)}</dd>
    </dl>
  );
}
