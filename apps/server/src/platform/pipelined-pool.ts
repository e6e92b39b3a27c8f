// What Kysely is given as a pool: connections on which a transaction waits only for the answers that it needs.
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";
import type { StatementNames } from "./statement-names.ts";
import { sqlState, storeAway } from "./store-errors.ts";

/** SQLSTATE: an earlier statement of the transaction failed. */
const TRANSACTION_ABORTED = "25P02";

type Rows = readonly unknown[];
type Answer = { readonly command: string; readonly rows: Rows };
type Send = (text: string, values?: readonly unknown[]) => Promise<Answer>;
/** Stands for an answer that nobody waits for. */
const SENT: Answer = { command: "", rows: [] };

/** What becomes of the rows of statements that are sent without waiting; a statement is known by its list of values. */
const behind = new WeakMap<readonly unknown[], (rows: Rows) => void>();

/** The statement with these values is sent without waiting for its answer, once. `answered` must not throw. */
export function sendBehind(values: readonly unknown[], answered: (rows: Rows) => void): void {
  behind.set(values, answered);
}

/**
 * A pool whose connections write a transaction's `begin`, and what was marked by {@link sendBehind}, without waiting. What
 * fails of these fails the transaction: its next statement, or else its commit, rejects with the error. Connections are
 * closed, not reused, after they broke or a query timed out at our side: such a connection may still carry an open
 * transaction, because the ROLLBACK never got through.
 */
export function pipelinedPool(pool: pg.Pool, nameOf: StatementNames): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect();
      let broken = false;
      const onError = (): void => { broken = true; };
      client.on("error", onError);
      const send: Send = (text, values) => {
        const name = nameOf(text, values);
        const answer = name === null ? client.query(text, values as unknown[]) : client.query({ name, text, values: values as unknown[] });
        answer.catch((error: unknown) => { broken ||= storeAway(error) !== null; });
        return answer;
      };
      return {
        query: createConversation(send) as unknown as PostgresPoolClient["query"],
        release: () => {
          client.off("error", onError);
          client.release(broken);
        },
      } as PostgresPoolClient;
    },
    end: () => pool.end(),
    options: pool.options,
  } as PostgresPool;
}

/** The statements of one connection, in the order in which Kysely gives them. */
function createConversation(send: Send): Send {
  /** Sent, of this transaction, and not waited for. */
  let pending: Promise<unknown>[] = [];

  const put = (answer: Promise<unknown>): Answer => {
    answer.catch(() => {}); // told by the next statement, or by the commit
    pending.push(answer);
    return SENT;
  };
  /** The first failure is the cause of those after it. */
  const settled = async (): Promise<void> => {
    const all = pending;
    pending = [];
    await Promise.all(all);
  };

  return async (text, values) => {
    if (text === "begin") return put(send(text));
    const answered = values === undefined ? undefined : behind.get(values);
    if (values !== undefined && answered !== undefined) {
      behind.delete(values);
      return put(send(text, values).then(({ rows }) => { answered(rows); }));
    }
    const answer = send(text, values);
    if (pending.length === 0) return answer;
    if (text === "commit") {
      answer.catch(() => {});
      await settled();
      return answer;
    }
    if (text.startsWith("rollback")) {
      await settled().catch(() => {}); // undone with all the others
      return answer;
    }
    return answer.catch(async (error: unknown) => {
      if (sqlState(error) === TRANSACTION_ABORTED) await settled();
      throw error;
    });
  };
}
