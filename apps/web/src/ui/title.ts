import { useEffect } from "react";

let page = "";
let call: string | null = null;
const show = (): void => { document.title = [call, page, "Ringdesk"].filter((part) => part !== null && part !== "").join(" · "); };

/** Names the page in the browser's tab. */
export function usePageTitle(title: string): void {
  useEffect(() => { page = title; show(); }, [title]);
}

/** What the tab says about a call, in front of the page's name; null for nothing. */
export function setCallTitle(title: string | null): void {
  call = title;
  show();
}
