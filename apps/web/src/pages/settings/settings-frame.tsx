import { NativeSelect, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useSession } from "../../api/session.ts";
import { Nothing } from "../../ui/states.tsx";
import { usePageTitle } from "../../ui/title.ts";
import { settingsEntries, settingsOf, type SettingsEntry } from "./settings-entries.ts";

const addressOf = (entry: SettingsEntry): string => `/settings${entry.path}`;
const leadsTo = (entry: SettingsEntry, pathname: string): boolean => pathname === addressOf(entry) || pathname.startsWith(`${addressOf(entry)}/`);

function NotOpen() {
  usePageTitle("Settings");
  return <div className="rd-card"><Nothing icon={<IconLock />} title="These settings are not open to you">An admin can change your role or your permission set under Settings › Users.</Nothing></div>;
}

/** All settings beside the one that is open. On narrow screens they are a choice above it. */
export function SettingsFrame() {
  const entries = settingsOf(useSession());
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const here = settingsEntries.find((entry) => leadsTo(entry, pathname));
  if (here === undefined ? entries.length === 0 : !entries.includes(here)) {
    return <NotOpen />;
  }
  return (
    <div className="rd-settings">
      <nav className="rd-settings-nav" aria-label="Settings">
        {groups.map((group) => {
          const members = entries.filter((entry) => entry.group === group);
          return (
            <div key={group} role="group" aria-label={group}>
              {members.some((entry) => entry.title !== group || members.length > 1) && <Text size="xs" fw={650} c="dimmed" px={12} mb={4}>{group}</Text>}
              {members.map((entry) => <Link key={entry.path} to={addressOf(entry)} className="rd-nav">{entry.title}</Link>)}
            </div>
          );
        })}
      </nav>
      <NativeSelect className="rd-settings-choice" aria-label="Settings" mb="md" value={here === undefined ? "" : addressOf(here)} onChange={(event) => void navigate({ to: event.currentTarget.value })}
        data={groups.map((group) => ({ group, items: entries.filter((entry) => entry.group === group).map((entry) => ({ value: addressOf(entry), label: entry.title })) }))} />
      <div style={{ minWidth: 0 }}><Outlet /></div>
    </div>
  );
}
