import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { ReasonIcon } from "./reason-button.tsx";

/** Moves one of an ordered list by a place. At an end, and while a change is being saved, they keep the focus and say why they do nothing. */
export function MoveButtons({ name, place, count, busy = false, onMove }: { readonly name: string; readonly place: number; readonly count: number; readonly busy?: boolean; readonly onMove: (by: 1 | -1) => void }) {
  const look = { variant: "subtle", color: "gray" } as const;
  const saving = busy ? "The last change is being saved" : null;
  return (
    <>
      <ReasonIcon {...look} label={`Move ${name} up`} reason={place === 0 ? "This is the first one" : saving} onClick={() => { onMove(-1); }}><IconArrowUp size={17} /></ReasonIcon>
      <ReasonIcon {...look} label={`Move ${name} down`} reason={place === count - 1 ? "This is the last one" : saving} onClick={() => { onMove(1); }}><IconArrowDown size={17} /></ReasonIcon>
    </>
  );
}
