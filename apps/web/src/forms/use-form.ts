import { useState } from "react";
import { fieldErrors, inOneSentence, type Failure } from "../api/client.ts";

/** The values of a form, what is wrong with its fields, and what is wrong with all of it. */
export interface Form<T extends Record<string, string>> {
  readonly values: T;
  readonly problem: string | null;
  readonly set: (name: keyof T & string, value: string) => void;
  /** Marks fields; the form cannot be sent while any is marked and unchanged. */
  readonly mark: (errors: { readonly [K in keyof T]?: string }) => void;
  /** Shows what the server refused. `fields` maps the problem's pointers to the form's fields where they differ. */
  readonly refuse: (failure: Failure, fields?: Readonly<Record<string, keyof T & string>>) => void;
  /** What an input needs. */
  readonly field: (name: keyof T & string) => { value: string; error: string | null; onChange: (event: { currentTarget: { value: string } }) => void };
}

export function useForm<T extends Record<string, string>>(initial: T): Form<T> {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<{ readonly [K in keyof T]?: string }>({});
  const [problem, setProblem] = useState<string | null>(null);
  const set = (name: keyof T & string, value: string): void => {
    setValues((old) => ({ ...old, [name]: value }));
    setErrors((old) => ({ ...old, [name]: undefined }));
    setProblem(null);
  };
  return {
    values, problem, set,
    mark: (found) => { setErrors(found); setProblem(null); },
    refuse: (failure, fields = {}) => {
      const found: Record<string, string> = {};
      for (const [pointer, detail] of Object.entries(fieldErrors(failure))) found[fields[pointer] ?? pointer] = detail;
      const ours = Object.keys(found).some((name) => name in initial);
      setErrors(found as { [K in keyof T]?: string });
      setProblem(ours ? null : inOneSentence(failure));
    },
    field: (name) => ({ value: values[name] ?? "", error: errors[name] ?? null, onChange: (event) => { set(name, event.currentTarget.value); } }),
  };
}
