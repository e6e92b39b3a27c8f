import { ActionIcon, Button, Tooltip, type ActionIconProps, type ButtonProps } from "@mantine/core";
import { useId, type ComponentPropsWithoutRef, type MouseEvent, type ReactNode } from "react";

type Native = Omit<ComponentPropsWithoutRef<"button">, "color" | "style" | "onClick">;
type Own = { readonly reason?: string | null | undefined; readonly onClick?: () => void };

/** A button that, when it cannot be used, stays focusable and says why: in a tooltip and, as its description, to screen readers. */
export function ReasonButton({ reason, onClick, children, ...rest }: ButtonProps & Native & Own & { readonly children: ReactNode }) {
  const id = useId();
  const off = reason !== null && reason !== undefined;
  return (
    <>
      <Tooltip label={reason} disabled={!off}><Button {...rest} {...(off ? { "data-disabled": true, "aria-disabled": true, "aria-describedby": id } : {})}
        onClick={(event: MouseEvent) => { if (off) event.preventDefault(); else onClick?.(); }}>{children}</Button></Tooltip>
      {off && <span id={id} hidden>{reason}</span>}
    </>
  );
}

/** The same as an icon; `label` is its name and its tooltip. */
export function ReasonIcon({ reason, label, onClick, children, ...rest }: ActionIconProps & Native & Own & { readonly label: string; readonly children: ReactNode }) {
  const id = useId();
  const off = reason !== null && reason !== undefined;
  return (
    <>
      <Tooltip label={off ? reason : label}><ActionIcon aria-label={label} {...rest} {...(off ? { "data-disabled": true, "aria-disabled": true, "aria-describedby": id } : {})}
        onClick={(event: MouseEvent) => { if (off) event.preventDefault(); else onClick?.(); }}>{children}</ActionIcon></Tooltip>
      {off && <span id={id} hidden>{reason}</span>}
    </>
  );
}
