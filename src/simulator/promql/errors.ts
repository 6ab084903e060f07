/** Who is to blame, in Prometheus's words: the query as it stands, or what it met in the data. */
export type QueryErrorType = "bad_data" | "execution";

/** A query that has no answer. The message is Prometheus's own wherever it has one for the case. */
export class QueryError extends Error {
  readonly type: QueryErrorType;

  constructor(type: QueryErrorType, message: string) {
    super(message);
    this.name = "QueryError";
    this.type = type;
  }
}

/** A text that cannot be read as a query; the place is given as line and column, from one. */
export function parseError(text: string, position: number, message: string): QueryError {
  const before = text.slice(0, position).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return new QueryError("bad_data", `${before.length}:${column}: parse error: ${message}`);
}

/** Something that Prometheus can do and this engine does not. */
export function unsupported(text: string, position: number, what: string): QueryError {
  return parseError(text, position, `not supported here: ${what}`);
}

/** What the data make impossible. */
export const executionError = (message: string): QueryError => new QueryError("execution", message);
