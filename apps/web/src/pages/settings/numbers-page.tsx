import { Anchor, Badge, Button, Group, Modal, Table, Text } from "@mantine/core";
import type { QueueLine, SupportNumber } from "@ringdesk/contract/http";
import { IconPhone, IconPhoneOff, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { describeError } from "../../api/client.ts";
import { numbersQuery, queuesQuery } from "../../api/queries.ts";
import { useHouseStyle } from "../../api/session.ts";
import { NewNumberForm } from "../../forms/new-number-form.tsx";
import { NumberForm } from "../../forms/number-form.tsx";
import { Failed, Nothing, Rows } from "../../ui/states.tsx";
import { ListCard, ListTable } from "../list-card.tsx";
import { Back, Heading } from "../page.tsx";

const LIST: string = "/settings/numbers";

const queueName = (queues: readonly QueueLine[], number: SupportNumber): string =>
  (number.queueId === null ? "Decided by the rules" : queues.find((queue) => queue.id === number.queueId)?.name ?? "A deleted queue; the default queue takes its calls");

function NumberRow({ number, queues }: { readonly number: SupportNumber; readonly queues: readonly QueueLine[] }) {
  const { format } = useHouseStyle();
  return (
    <Table.Tr data-testid="number" data-number={number.number}>
      <Table.Td>
        <Anchor component={Link} to={`/settings/numbers/${number.id}`} size="sm" fw={550} c="var(--mantine-color-text)">{number.label}</Anchor>
        <Text size="xs" c="dimmed" className="rd-number">{format(number.number)}</Text>
      </Table.Td>
      <Table.Td><Text size="sm">{queueName(queues, number)}</Text></Table.Td>
      <Table.Td>
        <Group gap={6}>
          {number.menu !== null && <Badge variant="light" color="brand" size="sm">Menu</Badge>}
          {number.voicemail.on && <Badge variant="light" color="violet" size="sm">Voicemail</Badge>}
          {number.recording && <Badge variant="light" color="gray" size="sm">Recorded</Badge>}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** Support numbers, and what each does with its callers. */
export function NumbersPage() {
  const numbers = useQuery(numbersQuery);
  const queues = useQuery(queuesQuery).data?.items;
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const close = (): void => { setAdding(false); };
  return (
    <>
      <Heading title="Numbers"><Button leftSection={<IconPlus size={17} />} onClick={() => { setAdding(true); }} data-testid="add-number">Add number</Button></Heading>
      <ListCard list={numbers} shape={{ height: 32 }} empty={numbers.data?.items.length === 0 && <Nothing icon={<IconPhone />} title="No support numbers yet">Your customers call a support number. Add one that your SIP carrier sends here, or any number to try it with the handset.</Nothing>}>
        <ListTable minWidth={520} head={<><Table.Th>Number</Table.Th><Table.Th>Queue</Table.Th><Table.Th>Options</Table.Th></>}>
          {(numbers.data?.items ?? []).map((number) => <NumberRow key={number.id} number={number} queues={queues ?? []} />)}
        </ListTable>
      </ListCard>
      <Modal opened={adding && queues !== undefined} onClose={close} title="Add a number">
        {queues !== undefined && <NewNumberForm queues={queues} onCancel={close} onDone={({ id }) => void navigate({ to: `${LIST}/${id}` })} />}
      </Modal>
    </>
  );
}

/** One support number, to be changed. */
export function NumberPage() {
  const { numberId } = useParams({ strict: false }) as { readonly numberId?: string };
  const { format } = useHouseStyle();
  const navigate = useNavigate();
  const numbers = useQuery(numbersQuery);
  const queues = useQuery(queuesQuery);
  const number = numbers.data?.items.find((each) => each.id === numberId);
  const trouble = numbers.error ?? queues.error;
  return (
    <>
      <Back to={LIST}>Numbers</Back>
      <Heading title={number === undefined ? "Number" : number.label} signs={number !== undefined && <Text className="rd-number" c="dimmed">{format(number.number)}</Text>} />
      {(numbers.isPending || queues.isPending) && <div className="rd-card"><Rows height={32} /></div>}
      {trouble !== null && <div className="rd-card"><Failed {...describeError(trouble)} again={() => { void numbers.refetch(); void queues.refetch(); }} /></div>}
      {numbers.data !== undefined && number === undefined && <div className="rd-card"><Nothing icon={<IconPhoneOff />} title="There is no such number"><Anchor component={Link} to={LIST} size="sm">All numbers</Anchor></Nothing></div>}
      {number !== undefined && queues.data !== undefined && <NumberForm number={number} queues={queues.data.items} onDone={() => void navigate({ to: LIST })} />}
    </>
  );
}
