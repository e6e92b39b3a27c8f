// What roles and permission sets allow (ORG-2). Shared by the server, which decides, and the browser, which hides.
import { z } from "zod";

export const permission = z.enum(["reporting", "live-view", "manage-searches", "export", "listen-recordings"]);
export type Permission = z.output<typeof permission>;

const byRole: Readonly<Record<"admin" | "manager" | "agent", readonly Permission[]>> = {
  admin: permission.options,
  manager: permission.options,
  agent: ["listen-recordings"],
};

/** What a user may: by a custom set when they have one, else by their role. An admin may everything in any case. */
export function permissionsOf(role: keyof typeof byRole, custom: readonly Permission[] | null): readonly Permission[] {
  return role === "admin" || custom === null ? byRole[role] : custom;
}
