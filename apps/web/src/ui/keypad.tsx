const KEYS = [["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""]] as const;
const names: Readonly<Record<string, string>> = { "*": "star", "#": "pound" };

/** A telephone's keys. */
export function Keypad({ onKey, disabled = false, keyHeight = 44 }: { readonly onKey: (key: string) => void; readonly disabled?: boolean; readonly keyHeight?: number }) {
  return (
    <div className="rd-keypad" role="group" aria-label="Keypad" style={{ ["--rd-key" as string]: `${keyHeight}px` }}>
      {KEYS.map(([key, letters]) => (
        <button key={key} type="button" className="rd-key" disabled={disabled} aria-label={names[key] ?? key} data-testid={`key-${key}`} onClick={() => { onKey(key); }}>
          <b>{key}</b><span aria-hidden>{letters}</span>
        </button>
      ))}
    </div>
  );
}
