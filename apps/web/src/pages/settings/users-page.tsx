import { useQuery } from "@tanstack/react-query";
import { describeError } from "../../api/client.ts";
import { usersQuery } from "../../api/queries.ts";
import { Failed, Rows } from "../../ui/states.tsx";
import { Heading } from "../page.tsx";

/** Everybody who works here (ORG-2). */
export function UsersPage() {
  const users = useQuery(usersQuery);
  return (
    <>
      <Heading title="Users" />
      <div className="rd-card">
        {users.isPending && <Rows />}
        {users.isError && <Failed {...describeError(users.error)} again={() => void users.refetch()} />}
        {users.data?.items.map((user) => <div key={user.id} className="rd-row">{user.name}</div>)}
      </div>
    </>
  );
}
