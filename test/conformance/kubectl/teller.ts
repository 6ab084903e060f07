/** What a scene does with kubectl. */
export interface Teller {
  readonly namespace: string;
  /** Run it, and hold what it says and its code. */
  say(...args: readonly string[]): Promise<void>;
  /** Apply an object from a file. */
  apply(object: object, ...flags: readonly string[]): Promise<void>;
  /** Run it without holding what it says, which is another thing each time. It must succeed. */
  quietly(...args: readonly string[]): Promise<void>;
  /** What a command says while it runs and others do their work, up to a number of lines. */
  meanwhile(args: readonly string[], lines: number, work: () => Promise<void>): Promise<void>;
}

export type Scene = (teller: Teller) => Promise<void>;
