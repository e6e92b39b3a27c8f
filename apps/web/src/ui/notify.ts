import { notifications } from "@mantine/notifications";

const colors = { info: "brand", warning: "orange", error: "red" } as const;

/** Tells the person something in passing. Errors stay until they are closed. */
export function notify(level: keyof typeof colors, title: string, detail = ""): void {
  notifications.show({ color: colors[level], title, message: detail === "" ? null : detail, autoClose: level === "error" ? false : 6_000, withBorder: true, id: `${level}:${title}` });
}
