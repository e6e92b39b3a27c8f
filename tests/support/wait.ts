/** Real seconds pass: for what a person listens to, or a real peer's clock. */
export const wait = (ms: number): Promise<void> => new Promise((r) => { setTimeout(r, ms); });
