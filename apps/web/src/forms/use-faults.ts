import { useState } from "react";
import { fieldErrors, inOneSentence, type Failure } from "../api/client.ts";

/** What is wrong with a draft: at its fields, by pointer (`menu/keys/0/key`), and with all of it. */
export interface Faults {
  readonly errors: Readonly<Record<string, string>>;
  readonly problem: string | null;
  /** Marks fields that cannot be sent as they are. True when there are any. */
  readonly mark: (errors: Readonly<Record<string, string>>) => boolean;
  /** Shows what the server refused. */
  readonly refuse: (failure: Failure) => void;
  /** Fields were changed: what was wrong with them, or anywhere below them, is forgotten. Without names, everything is. */
  readonly forget: (...names: readonly string[]) => void;
}

/** `elsewhere` is said above the buttons of a form so long that its marked fields may be out of sight. */
export function useFaults(elsewhere: string | null = null): Faults {
  const [errors, setErrors] = useState<Faults["errors"]>({});
  const [problem, setProblem] = useState<string | null>(null);
  const isAt = (pointer: string, name: string): boolean => pointer === name || pointer.startsWith(`${name}/`);
  const mark = (found: Faults["errors"]): boolean => {
    const any = Object.keys(found).length > 0;
    setErrors(found);
    setProblem(any ? elsewhere : null);
    return any;
  };
  return {
    errors, problem, mark,
    refuse: (failure) => { if (!mark(fieldErrors(failure))) setProblem(inOneSentence(failure)); },
    forget: (...names) => {
      setErrors((old) => (names.length === 0 ? {} : Object.fromEntries(Object.entries(old).filter(([pointer]) => !names.some((name) => isAt(pointer, name))))));
      setProblem(null);
    },
  };
}
