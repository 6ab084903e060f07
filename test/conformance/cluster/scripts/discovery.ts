import type { Json, Question } from "../clusterApi.ts";
import type { Script } from "../suite.ts";
import { remove } from "./requests.ts";

const FORM = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const OLDER_FORM = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

/** Of the groups those that both servers have, and of their kinds and parts as well: docs/playground/api.md says which are not there. */
const GROUPS = [
  "apps",
  "autoscaling",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flagger.app",
  "policy",
];
const KINDS = new Set(
  "configmaps endpoints events namespaces nodes pods secrets serviceaccounts services daemonsets deployments replicasets horizontalpodautoscalers leases endpointslices alertproviders canaries metrictemplates poddisruptionbudgets".split(
    " ",
  ),
);
const PARTS = new Set(["status", "scale", "binding", "eviction", "token", "finalize"]);

const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const byName = (list: readonly Json[], field: string): readonly Json[] =>
  list.toSorted((one, other) => (String(one[field]) < String(other[field]) ? -1 : 1));

/** Without the hash by which servers tell whether they store the same. */
function bare({ storageVersionHash: _, ...rest }: Json): Json {
  return rest;
}

function isShared(name: unknown): boolean {
  const [kind = "", part] = String(name).split("/");
  return KINDS.has(kind) && (part === undefined || PARTS.has(part));
}

const sharedKinds = (body: unknown): unknown => {
  const list = body as Json;
  const kinds = objects(list["resources"]).filter(({ name }) => isShared(name));
  return { ...list, resources: byName(kinds.map(bare), "name") };
};

const sharedGroups = (body: unknown): unknown => {
  const list = body as Json;
  const groups = objects(list["groups"]).filter(({ name }) => GROUPS.includes(String(name)));
  return { ...list, groups: byName(groups, "name") };
};

const sharedItems = (body: unknown): unknown => {
  const list = body as Json;
  const items = objects(list["items"]).filter(({ metadata }) => {
    const { name } = metadata as Json;
    return name === undefined || GROUPS.includes(String(name));
  });
  const sorted = items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  return {
    ...list,
    items: sorted.map((item) => ({ ...item, versions: objects(item["versions"]).map(sharedVersion) })),
  };
};

const nameOf = ({ metadata }: Json): string => String((metadata as Json)["name"]);

function sharedVersion(version: Json): Json {
  const kinds = objects(version["resources"]).filter(({ resource }) => KINDS.has(String(resource)));
  const shown = kinds.map((kind) => {
    const parts = objects(kind["subresources"]).filter(({ subresource }) => PARTS.has(String(subresource)));
    const { subresources: _, ...rest } = kind;
    return parts.length === 0 ? rest : { ...rest, subresources: byName(parts, "subresource") };
  });
  return { ...version, resources: byName(shown, "resource") };
}

const ask = (path: string, only: (body: unknown) => unknown, accept?: string): Question => ({
  method: "GET",
  path,
  only,
  ...(accept === undefined ? {} : { accept }),
});

/** Where the server is, is its own affair. */
const withoutAddress = (body: unknown): unknown => {
  const { serverAddressByClientCIDRs: _, ...rest } = body as Json;
  return rest;
};

const whole = (body: unknown): unknown => body;

/** Which kinds there are, in each of the forms in which clients ask for it. */
export const DISCOVERY: Readonly<Record<string, Script>> = {
  "servers say which kinds they have": async (teller) => {
    await teller.ask("the older root", ask("/api", withoutAddress));
    await teller.ask("the core group", ask("/api/v1", sharedKinds));
    await teller.ask("groups", ask("/apis", sharedGroups));
    await teller.ask("the group apps", ask("/apis/apps", whole));
    await teller.ask("the kinds of apps", ask("/apis/apps/v1", sharedKinds));
    await teller.ask("our group", ask("/apis/flagger.app", whole));
    await teller.ask("our kinds", ask("/apis/flagger.app/v1beta1", sharedKinds));
    await teller.ask("a group of one's own", ask("/apis/suite.example.com", whole));
    await teller.ask(
      "its kinds",
      ask("/apis/suite.example.com/v1", (body) => objects((body as Json)["resources"]).map(bare)),
    );
    await teller.ask("no such group", ask("/apis/nobody.example.com", whole));
    await teller.ask("no such version", ask("/apis/apps/v7", whole));
    await teller.ask("no such version of ours", ask("/apis/flagger.app/v7", whole));
    await teller.ask("no such version of nobody's", ask("/apis/nobody.example.com/v1", whole));
    await teller.ask("no such version of the core", ask("/api/v7", whole));
    await teller.ask("the older root at once", ask("/api", sharedItems, `${FORM},application/json`));
    await teller.ask("groups at once", ask("/apis", sharedItems, `${FORM},application/json`));
    await teller.ask("as kubectl asks", ask("/apis", sharedItems, `${FORM},${OLDER_FORM},application/json`));
    await teller.ask("what namespaces cannot do", remove("/api/v1/namespaces"));
    await teller.ask("a root that is posted to", { ...ask("/api", whole), method: "POST", body: {} });
  },
};
