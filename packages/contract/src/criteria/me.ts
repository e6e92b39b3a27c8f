// "Me" in a shared search is whoever looks at it.
import { isGroup, type Criteria, type Criterion } from "./shape.ts";

/** As the value of a condition on users. */
export const ME = "me";
const ABOUT_USERS = "conversation.assignedTo";

const names = ({ field, value }: Criterion): boolean => field === ABOUT_USERS && (Array.isArray(value) ? value.includes(ME) : value === ME);

/** Whether the criteria mean something else for each who looks. */
export const mentionsMe = (criteria: Criteria): boolean => criteria.items.some((item) => (isGroup(item) ? mentionsMe(item) : names(item)));

/** The criteria as `user` means them. */
export function forUser(criteria: Criteria, user: string): Criteria {
  if (!mentionsMe(criteria)) return criteria;
  const own = (value: string): string => (value === ME ? user : value);
  return {
    ...criteria,
    items: criteria.items.map((item) => {
      if (isGroup(item)) return forUser(item, user);
      if (!names(item)) return item;
      return { ...item, value: Array.isArray(item.value) ? item.value.map(own) : user };
    }),
  };
}
