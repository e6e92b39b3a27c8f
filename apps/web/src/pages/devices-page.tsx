import { Title } from "@mantine/core";
import { useSession } from "../api/session.ts";
import { DeviceForm } from "../forms/device-form.tsx";
import { DevicePanel } from "../softphone/device-panel.tsx";
import { Heading } from "./page.tsx";

export function DevicesPage() {
  const { user } = useSession();
  return (
    <>
      <Heading title="Devices" />
      <div className="rd-card"><DeviceForm user={null} mayFix={user.role === "admin"} /></div>
      <Title order={2} size="h4" mt="xl" mb="sm">Sound devices</Title>
      <div className="rd-card"><DevicePanel /></div>
    </>
  );
}
