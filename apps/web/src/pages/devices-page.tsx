import { DevicePanel } from "../softphone/device-panel.tsx";
import { Heading } from "./page.tsx";

export function DevicesPage() {
  return (
    <>
      <Heading title="Sound devices" />
      <div className="rd-card"><DevicePanel /></div>
    </>
  );
}
