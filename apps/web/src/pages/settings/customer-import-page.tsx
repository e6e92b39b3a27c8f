import { Alert, Badge, Button, FileButton, Group, NativeSelect, Progress, SegmentedControl, Stack, Stepper, Switch, Table, Text, Textarea, Title } from "@mantine/core";
import { MAX_IMPORT_BYTES, MAX_IMPORT_ROWS, type CustomerField, type CustomerImport, type ImportPlan, type ImportPreview } from "@ringdesk/contract/http";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { describeError, fetchOrThrow } from "../../api/client.ts";
import { customerFieldsQuery, importQuery, importReportUrl, useCustomersChanged } from "../../api/customers.ts";
import { useHouseStyle } from "../../api/session.ts";
import { Failed } from "../../ui/states.tsx";
import { Heading } from "../page.tsx";

const MB = 1_048_576;
const own = [["ignore", "Leave out"], ["name", "Name"], ["number", "Phone number"], ["email", "E-mail address"], ["language", "Language"], ["vip", "VIP"], ["tags", "Tags"]] as const;
const targets = (fields: readonly CustomerField[]) => [...own.map(([value, label]) => ({ value, label })), ...fields.filter((field) => !field.retired).map((field) => ({ value: `custom.${field.key}`, label: field.name }))];

/** First step: the file, chosen or pasted. */
function Upload({ onUploaded }: { readonly onUploaded: (file: CustomerImport) => void }) {
  const [pasted, setPasted] = useState("");
  const upload = useMutation({
    mutationFn: async (file: File | null) => {
      if (file !== null && file.size > MAX_IMPORT_BYTES) throw new Error(`The file is larger than ${MAX_IMPORT_BYTES / MB} MB. Split it.`);
      return fetchOrThrow("createCustomerImport", { body: { fileName: file?.name ?? "pasted text", text: file === null ? pasted : await file.text() } });
    },
    onSuccess: onUploaded,
  });
  return (
    <Stack gap="md">
      <Text size="sm">A CSV file with one customer per line, at most {MAX_IMPORT_BYTES / MB} MB and {MAX_IMPORT_ROWS.toLocaleString("en-US")} rows, in UTF-8. Commas, semicolons and tabs are recognised.</Text>
      <Group><FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={(file) => { if (file !== null) upload.mutate(file); }}>{(props) => <Button {...props} leftSection={<IconUpload size={17} />} loading={upload.isPending}>Choose a file</Button>}</FileButton></Group>
      <Textarea label="Or paste it here" autosize minRows={4} maxRows={12} value={pasted} data-testid="import-paste" placeholder={"Name,Phone,E-mail\nAda Lovelace,+1 202 555 0142,ada@example.com"} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }} onChange={(event) => { setPasted(event.currentTarget.value); }} />
      {upload.isError && <Failed {...describeError(upload.error)} />}
      <Group justify="flex-end"><Button variant="default" disabled={pasted.trim() === ""} loading={upload.isPending} data-testid="import-upload" onClick={() => { upload.mutate(null); }}>Use the pasted text</Button></Group>
    </Stack>
  );
}

/** Second step: what each column is. */
function Columns({ file, plan, onPlan }: { readonly file: CustomerImport; readonly plan: ImportPlan; readonly onPlan: (plan: ImportPlan) => void }) {
  const fields = useQuery(customerFieldsQuery).data?.items ?? [];
  return (
    <Stack gap="sm">
      <Switch label="The first line holds the names of the columns" checked={plan.hasHeader} onChange={(event) => { onPlan({ ...plan, hasHeader: event.currentTarget.checked }); }} />
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing={7}>
          <Table.Thead><Table.Tr><Table.Th>Column</Table.Th><Table.Th>For example</Table.Th><Table.Th w={220}>Is</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{file.columns.map((column, at) => {
            const name = plan.hasHeader && column.header !== "" ? column.header : `Column ${at + 1}`;
            return (
              <Table.Tr key={at}>
                <Table.Td><Text size="sm" fw={550}>{name}</Text></Table.Td>
                <Table.Td><Text size="sm" c="dimmed" lineClamp={1}>{(plan.hasHeader ? column.samples : [column.header, ...column.samples]).slice(0, 2).join(" · ")}</Text></Table.Td>
                <Table.Td><NativeSelect aria-label={`What ${name} is`} data={targets(fields)} value={plan.columns[at] ?? "ignore"} onChange={(event) => { onPlan({ ...plan, columns: plan.columns.with(at, event.currentTarget.value) }); }} /></Table.Td>
              </Table.Tr>
            );
          })}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group gap="sm"><Text size="sm">Customers who are there already, found by number:</Text>
        <SegmentedControl size="sm" aria-label="Known customers" value={plan.known} onChange={(known) => { onPlan({ ...plan, known: known as ImportPlan["known"] }); }} data={[{ value: "update", label: "Update" }, { value: "skip", label: "Leave as they are" }]} /></Group>
    </Stack>
  );
}

function Counts({ counts }: { readonly counts: CustomerImport["counts"] }) {
  return (
    <Group gap={6} data-testid="import-counts">
      <Badge variant="light" color="teal" size="lg">{counts.created} new</Badge><Badge variant="light" color="blue" size="lg">{counts.updated} updated</Badge>
      <Badge variant="light" color="gray" size="lg">{counts.skipped} left as they are</Badge><Badge variant="light" color={counts.refused === 0 ? "gray" : "red"} size="lg">{counts.refused} with errors</Badge>
    </Group>
  );
}

function Preview({ preview }: { readonly preview: ImportPreview }) {
  const { format } = useHouseStyle();
  return (
    <Stack gap="sm">
      <Counts counts={preview.counts} />
      {preview.problems.length > 0 && (
        <Alert color="red" variant="light" title="These lines are left out">
          <ul style={{ margin: 0, paddingInlineStart: 18, maxHeight: 220, overflowY: "auto" }}>{preview.problems.map((problem, at) => <li key={at}><Text size="sm">Line {problem.line}{problem.column === null ? "" : `, ${problem.column}`}: {problem.detail}</Text></li>)}</ul>
        </Alert>
      )}
      {preview.first.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table verticalSpacing={6}>
            <Table.Thead><Table.Tr><Table.Th w={60}>Line</Table.Th><Table.Th>Name</Table.Th><Table.Th>Phone</Table.Th><Table.Th>E-mail</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>{preview.first.map((row) => <Table.Tr key={row.line}><Table.Td>{row.line}</Table.Td><Table.Td>{row.name ?? ""}</Table.Td><Table.Td className="rd-number">{row.numbers.map(format).join(", ")}</Table.Td><Table.Td>{row.emails.join(", ")}</Table.Td><Table.Td>{row.known ? "Known" : "New"}</Table.Td></Table.Tr>)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

/** Last step: the import runs, and then its result. */
function Running({ id, again }: { readonly id: string; readonly again: () => void }) {
  const file = useQuery(importQuery(id));
  const changed = useCustomersChanged();
  const state = file.data?.state;
  useEffect(() => { if (state === "done") void changed(); }, [state]); // oxlint-disable-line react-hooks/exhaustive-deps -- told once
  if (file.isError) return <Failed {...describeError(file.error)} again={() => void file.refetch()} />;
  if (file.data === undefined) return null;
  const { handled, rows, counts } = file.data;
  return (
    <Stack gap="md">
      <Title order={2} fz={16} role="status">{state === "running" ? `${handled.toLocaleString("en-US")} of ${rows.toLocaleString("en-US")} rows` : state === "done" ? "The import is done" : "The import ended early"}</Title>
      <Progress value={rows === 0 ? 100 : (100 * handled) / rows} animated={state === "running"} aria-label="Progress of the import" />
      <Counts counts={counts} />
      {state === "failed" && <Text size="sm">What was written stays. Import the file again: rows that are there already are found by their numbers.</Text>}
      {state !== "running" && <Group><Button component="a" variant="default" href={importReportUrl(id)} download leftSection={<IconDownload size={16} />}>Report of every line</Button><Button component={Link} to="/customers">Show customers</Button><Button variant="subtle" onClick={again}>Import another file</Button></Group>}
    </Stack>
  );
}

/** Customers from a CSV file, with a preview of errors (CRM-6). */
export function CustomerImportPage() {
  const [file, setFile] = useState<CustomerImport | null>(null);
  const [plan, setPlan] = useState<ImportPlan | null>(null);
  const preview = useMutation({ mutationFn: (body: ImportPlan) => fetchOrThrow("previewCustomerImport", { params: { id: file?.id ?? "" }, body }) });
  const start = useMutation({ mutationFn: (body: ImportPlan) => fetchOrThrow("startCustomerImport", { params: { id: file?.id ?? "" }, body }) });
  const again = (): void => { setFile(null); setPlan(null); preview.reset(); start.reset(); };
  const step = file === null ? 0 : start.isSuccess ? 3 : preview.data === undefined ? 1 : 2;
  const error = preview.error ?? start.error;
  const good = preview.data === undefined ? 0 : preview.data.counts.created + preview.data.counts.updated;
  return (
    <>
      <Heading title="Import customers">{file !== null && !start.isSuccess && <Button variant="default" onClick={again}>Another file</Button>}</Heading>
      <section className="rd-card" style={{ padding: 20 }}>
        <Stepper active={step} size="xs" mb="lg" wrap={false} className="rd-steps-of" aria-label="Steps"><Stepper.Step label="File" /><Stepper.Step label="Columns" /><Stepper.Step label="Preview" /><Stepper.Step label="Import" /></Stepper>
        {file === null && <Upload onUploaded={(uploaded) => { setFile(uploaded); setPlan(uploaded.suggested); }} />}
        {file !== null && plan !== null && !start.isSuccess && (
          <Stack gap="md">
            <Text size="sm" c="dimmed">{file.fileName}: {file.rows === 1 ? "1 row" : `${file.rows.toLocaleString("en-US")} rows`}</Text>
            {preview.data === undefined ? <Columns file={file} plan={plan} onPlan={setPlan} /> : <Preview preview={preview.data} />}
            {error !== null && <Failed {...describeError(error)} />}
            <Group justify="flex-end" gap="xs">
              {preview.data === undefined
                ? <Button loading={preview.isPending} data-testid="import-preview" onClick={() => { preview.mutate(plan); }}>Preview</Button>
                : <><Button variant="default" onClick={() => { preview.reset(); }}>Back</Button><Button loading={start.isPending} disabled={good === 0} data-testid="import-start" onClick={() => { start.mutate(plan); }}>Import {good === 1 ? "1 row" : `${good.toLocaleString("en-US")} rows`}</Button></>}
            </Group>
          </Stack>
        )}
        {file !== null && start.isSuccess && <Running id={file.id} again={again} />}
      </section>
    </>
  );
}
