import { QueryError } from "../promql/errors.ts";
import { parseQuery, type Query } from "../promql/parse.ts";

/** How many are remembered; a controller asks the same few again and again. */
const MOST = 2000;

/** Queries that were read once. To read one costs a hundred times as much as to find it here. */
export class ParsedQueries {
  readonly #known = new Map<string, Query | QueryError>();

  /** Throws a `QueryError` of type `bad_data` for what is no query. */
  get(text: string): Query {
    const known = this.#known.get(text) ?? this.#parse(text);
    if (known instanceof QueryError) throw known;
    return known;
  }

  #parse(text: string): Query | QueryError {
    if (this.#known.size >= MOST) this.#known.clear();
    const parsed = tried(text);
    this.#known.set(text, parsed);
    return parsed;
  }
}

function tried(text: string): Query | QueryError {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}
