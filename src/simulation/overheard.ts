import type { Transport } from "../runtime/transport.ts";
import type { Reply } from "../simulator/promql/reply.ts";

type Tell = (what: string) => void;

/** The same way to the API server, with every request that goes it told. Watches are not: whoever listens asks nothing. */
export function overheardTransport(inner: Transport, tell: Tell): Transport {
  return {
    request: (request) => {
      tell(`${request.method} ${request.path}`);
      return inner.request(request);
    },
    watch: (request) => inner.watch(request),
  };
}

interface Answering {
  answer(query: string, atMillis: number): Reply;
}

/** The same metrics server, with every query told. */
export function overheardMetrics(inner: Answering, tell: Tell): Answering {
  return {
    answer: (query, atMillis) => {
      tell(`query ${query}`);
      return inner.answer(query, atMillis);
    },
  };
}
