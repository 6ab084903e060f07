import type { FetchPage } from "./scraper.ts";

/** Pages over HTTP, as Prometheus asks for them. */
export const httpPage: FetchPage = async ({ url }, signal) => {
  const headers = { accept: "text/plain;version=0.0.4;q=1,*/*;q=0.1", "user-agent": "serin-playground" };
  const response = await fetch(url, { signal, headers });
  const page = await response.text();
  if (response.status === 200) return page;
  throw new Error(`server returned HTTP status ${response.status} ${response.statusText}`);
};
