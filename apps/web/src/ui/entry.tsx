import type { ReactNode } from "react";

/** The frame of an entry: a round sign, a line to the next, the content. */
export function Entry({ icon, color, children, ...rest }: { readonly icon: ReactNode; readonly color: string; readonly children: ReactNode; readonly [data: `data-${string}`]: string }) {
  return (
    <article className="rd-entry" {...rest}>
      <div className="rd-entry-line"><div className="rd-entry-icon" style={{ background: `var(--mantine-color-${color}-light)`, color: `var(--mantine-color-${color}-light-color)` }}>{icon}</div></div>
      <div style={{ minWidth: 0 }}>{children}</div>
    </article>
  );
}
