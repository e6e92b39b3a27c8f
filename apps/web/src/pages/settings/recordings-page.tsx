import { Alert, Text, Title } from "@mantine/core";
import type { RecordingKeeping } from "@ringdesk/contract/http";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { describeError } from "../../api/client.ts";
import { recordingKeepingQuery } from "../../api/recordings.ts";
import { RetentionForm } from "../../forms/retention-form.tsx";
import { Failed, Rows } from "../../ui/states.tsx";
import { keepingAdvice, recordingCount, troubleWords } from "../../words/recordings.ts";
import { Heading } from "../page.tsx";

/** Where recordings are, how many, and what has gone wrong on the way there. */
function Whereabouts({ keeping }: { readonly keeping: RecordingKeeping }) {
  const { store, encrypted, kept, waiting, trouble } = keeping;
  const advice = keepingAdvice(keeping);
  return (
    <>
      {trouble !== null && <Alert color="orange" variant="light" mb="md" icon={<IconAlertTriangle size={18} />} title={troubleWords(waiting)} role="alert" data-testid="recordings-trouble" style={{ overflowWrap: "anywhere" }}>{trouble}</Alert>}
      <dl className="rd-facts" data-testid="recordings-keeping">
        <dt>{store.kind === "s3" ? "S3 bucket" : "Folder"}</dt><dd>{store.place}</dd>
        <dt>Encryption</dt><dd>{encrypted ? "Encrypted" : "Not encrypted"}</dd>
        <dt>Kept</dt><dd>{recordingCount(kept)}</dd>
        {waiting > 0 && trouble === null && <><dt>On the way</dt><dd>{recordingCount(waiting)}</dd></>}
      </dl>
      {advice !== null && <Text size="sm" c="dimmed" mt="md" style={{ overflowWrap: "anywhere" }}>{advice}</Text>}
    </>
  );
}

/** Settings › Platform › Recordings: how long recordings are kept, and where (REC-3). */
export function RecordingsPage() {
  const keeping = useQuery(recordingKeepingQuery);
  return (
    <>
      <Heading title="Recordings" />
      {keeping.data === undefined ? (
        <div className="rd-card">{keeping.isError ? <Failed {...describeError(keeping.error)} again={() => void keeping.refetch()} /> : <Rows count={5} />}</div>
      ) : (
        <div className="rd-sections">
          <section className="rd-card" style={{ padding: 20 }} aria-label="How long they are kept">
            <Title order={2} fz={16} mb="sm">How long they are kept</Title>
            <RetentionForm key={String(keeping.data.retentionDays)} days={keeping.data.retentionDays} />
          </section>
          <section className="rd-card" style={{ padding: 20 }} aria-label="Where they are kept">
            <Title order={2} fz={16} mb="sm">Where they are kept</Title>
            <Whereabouts keeping={keeping.data} />
          </section>
        </div>
      )}
    </>
  );
}
