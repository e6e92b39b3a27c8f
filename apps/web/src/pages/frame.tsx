import { ActionIcon, Anchor, Avatar, Button, Menu, Modal, SegmentedControl, Text, TextInput, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconActivity, IconAddressBook, IconDeviceMobile, IconFilterSearch, IconHeadset, IconKey, IconListDetails, IconLogout, IconMessages, IconSearch, IconSettings } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent, type ReactNode } from "react";
import { request } from "../api/client.ts";
import { notifyFailure } from "../api/failures.ts";
import { waitingQuery } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import { PasswordForm } from "../forms/password-form.tsx";
import { CallBar } from "../softphone/call-bar.tsx";
import { DeskProvider } from "../softphone/desk.tsx";
import { Dialer } from "../softphone/dialer.tsx";
import { IncomingCall } from "../softphone/incoming-call.tsx";
import { cleansUp, setCleansUp } from "../softphone/microphone.ts";
import { StatusMenu } from "../softphone/status-menu.tsx";
import { Logo } from "../ui/logo.tsx";
import { Notices } from "./notices.tsx";
import { settingsOf } from "./settings/settings-entries.ts";

function NavItem({ to, icon, label, count = 0, countLabel }: { readonly to: string; readonly icon: ReactNode; readonly label: string; readonly count?: number; readonly countLabel?: string }) {
  return (
    <Tooltip label={label} position="right" disabled={matchMedia("(min-width: 901px)").matches}>
      <Link to={to} className="rd-nav">
        {icon}<span className="rd-label">{label}</span>
        {count > 0 && <span className="rd-badge" aria-label={countLabel}>{count}</span>}
      </Link>
    </Tooltip>
  );
}

function Navigation() {
  const session = useSession();
  const { organisation } = session;
  const waiting = useQuery(waitingQuery).data ?? 0;
  return (
    <nav className="rd-rail" aria-label="Main">
      <div style={{ padding: "2px 8px 16px" }}><Link to="/conversations" aria-label="Ringdesk" style={{ color: "inherit", textDecoration: "none" }}><span className="rd-label"><Logo /></span><img className="rd-narrow" src="/favicon.svg" width={28} height={28} alt="" /></Link></div>
      <NavItem to="/conversations" icon={<IconMessages size={19} stroke={1.7} />} label="Conversations" />
      <NavItem to="/searches" icon={<IconFilterSearch size={19} stroke={1.7} />} label="Searches" />
      <NavItem to="/customers" icon={<IconAddressBook size={19} stroke={1.7} />} label="Customers" />
      <NavItem to="/queues" icon={<IconListDetails size={19} stroke={1.7} />} label="Queues" count={waiting} countLabel={`${waiting} waiting`} />
      {session.permissions.includes("live-view") && <NavItem to="/live" icon={<IconActivity size={19} stroke={1.7} />} label="Live view" />}
      {settingsOf(session).length > 0 && <NavItem to="/settings" icon={<IconSettings size={19} stroke={1.7} />} label="Settings" />}
      <Text className="rd-label" mt="auto" px={10} size="xs" c="dimmed" truncate>{organisation.name}</Text>
    </nav>
  );
}

function CustomerSearch() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void navigate({ to: "/customers", search: text.trim() === "" ? {} : { search: text.trim() } });
  };
  return (
    <form role="search" onSubmit={submit} className="rd-grow" style={{ maxWidth: 340 }}>
      <TextInput size="sm" aria-label="Search customers by name or number" placeholder="Search customers" leftSection={<IconSearch size={16} />} value={text} maxLength={100} onChange={(event) => { setText(event.currentTarget.value); }} />
    </form>
  );
}

function UserMenu() {
  const { user } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [clean, setClean] = useState(cleansUp);
  const [changing, passwordForm] = useDisclosure(false);
  const signOut = async (): Promise<void> => {
    const result = await request("signOut", {});
    if (!result.ok && result.error.type !== "refused") { notifyFailure(result.error); return; }
    await navigate({ to: "/sign-in", search: {} });
    queries.clear();
  };
  return (
    <>
      <Modal opened={changing} onClose={passwordForm.close} title="Change password"><PasswordForm email={user.email} onClose={passwordForm.close} /></Modal>
      <Menu position="bottom-end" width={270} closeOnItemClick={false}>
        <Menu.Target>
          <ActionIcon variant="transparent" size={36} aria-label={`${user.name}: account and settings`} data-testid="user-menu"><Avatar name={user.name} color="brand" size={34} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label><Text fw={600} c="var(--mantine-color-text)" size="sm">{user.name}</Text>{user.email}</Menu.Label>
          <Menu.Divider />
          <Menu.Label>Appearance</Menu.Label>
          <SegmentedControl mx={8} mb={6} size="xs" fullWidth w="auto" aria-label="Appearance" value={colorScheme} onChange={(value) => { setColorScheme(value as typeof colorScheme); }}
            data={[{ value: "auto", label: "System" }, { value: "light", label: "Light" }, { value: "dark", label: "Dark" }]} />
          <Menu.Label>Microphone</Menu.Label>
          <SegmentedControl mx={8} mb={10} size="xs" fullWidth w="auto" aria-label="Microphone clean-up" value={clean ? "on" : "off"} onChange={(value) => { setCleansUp(value === "on"); setClean(value === "on"); }}
            data={[{ value: "on", label: "Reduce noise" }, { value: "off", label: "Leave as it is" }]} />
          <Menu.Item component={Link} to="/devices" leftSection={<IconHeadset size={16} />} closeMenuOnClick data-testid="devices-link">Choose and test devices</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconKey size={16} />} onClick={passwordForm.open} closeMenuOnClick data-testid="change-password">Change password</Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()} closeMenuOnClick data-testid="sign-out">Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function StatusBar() {
  const { features } = useSession();
  return (
    <header className="rd-top">
      <div className="rd-tools">
        <CustomerSearch />
        <div className="rd-grow" />
        {features.sandbox && (
          <Tooltip label="A phone in the browser, to call your support number with">
            <Button component="a" href="/handset" target="ringdesk-handset" rel="opener" variant="subtle" color="gray" size="sm" px={10} leftSection={<IconDeviceMobile size={17} />} className="rd-wide">Handset</Button>
          </Tooltip>
        )}
        <Dialer />
        <StatusMenu />
        <UserMenu />
      </div>
      <CallBar />
      <Notices />
    </header>
  );
}

/** What stands around every page of a signed-in user: navigation, status bar, the call. */
export function Frame() {
  return (
    <DeskProvider>
      <Anchor href="#main" className="rd-skip">Skip to the page</Anchor>
      <div className="rd-frame">
        <Navigation />
        <div style={{ minWidth: 0 }}>
          <StatusBar />
          <main id="main" className="rd-main" tabIndex={-1}><Outlet /></main>
        </div>
      </div>
      <IncomingCall />
    </DeskProvider>
  );
}
