import type { Cancel, Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { KubeObject, WatchEvent } from "../../runtime/transport.ts";
import { expired, internal } from "./errors.ts";
import { asKube } from "./json.ts";
import { versionOf } from "./lists.ts";
import { type Resource, viewOf } from "./resource.ts";
import { type Matcher, matcherOf } from "./selectors.ts";
import type { Change, Collection, Storage } from "./storage.ts";

/** Who hears a watch. Neither call may throw. */
export interface WatchSink {
  /** Events of several watches that say the same are the same object, so that each is printed once. */
  event(event: WatchEvent): void;
  end(): void;
}

export interface WatchEncoding {
  readonly key: string;
  encode(object: KubeObject): KubeObject;
  /** How all events but the first are shown, where that is different. */
  readonly rest?: WatchEncoding;
}

export interface WatchOptions {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  /** How an object is shown: whole, as its metadata, as a table. `key` tells the ways apart. */
  readonly encoding: WatchEncoding;
}

const BOOKMARK_MILLIS = 60_000;
/** A watch that names no end is given one, between half an hour and an hour. */
const LEAST_SECONDS = 1_800;

interface Watch {
  readonly options: WatchOptions;
  readonly sink: WatchSink;
  readonly matches: Matcher | undefined;
  readonly isBookmarked: boolean;
  isOpen: boolean;
  isBegun: boolean;
}

/** Every watch that is open. */
export class Watches {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #open = new Set<Watch>();
  readonly #shown = new WeakMap<Change, Map<string, WatchEvent>>();
  #bookmarks: Cancel | undefined;

  constructor(options: { readonly storage: Storage; readonly clock: Clock; readonly random: Random }) {
    this.#storage = options.storage;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Open a watch: what is past is told before this returns. Answers the way to close it. Throws where it is refused. */
  open(options: WatchOptions, sink: WatchSink): () => void {
    const { resource, query } = options;
    const matches = matcherOf(query, resource);
    const asked = query["resourceVersion"] ?? "";
    const from = asked === "" ? 0 : versionOf(asked, internal);
    const isBookmarked = isTrue(query["allowWatchBookmarks"]);
    const watch: Watch = { options, sink, matches, isBookmarked, isOpen: true, isBegun: false };
    const collection = this.#storage.collection(resource.collection);
    if (!this.#begin(watch, collection, from)) return () => {};
    const hear = (change: Change): void => this.#tell(watch, change);
    collection.subscribers.add(hear);
    this.#open.add(watch);
    const cancel = this.#clock.setTimer(this.#lifetime(query), () => close("ended"));
    const close = (why: "ended" | "closed"): void => {
      if (!watch.isOpen) return;
      watch.isOpen = false;
      cancel();
      collection.subscribers.delete(hear);
      this.#open.delete(watch);
      if (why === "ended") sink.end();
      if (this.#open.size === 0) this.#stopBookmarks();
    };
    if (isBookmarked) this.#startBookmarks();
    return () => close("closed");
  }

  /** Send every watch that wants them a bookmark, now. */
  bookmark(): void {
    const events = new Map<Resource, WatchEvent>();
    for (const { options, sink, isBookmarked } of this.#open) {
      if (!isBookmarked) continue;
      const { resource } = options;
      const event = events.get(resource) ?? bookmarkOf(resource, this.#storage.version);
      events.set(resource, event);
      sink.event(event);
    }
  }

  /** What is told at once: the state, or what happened since. Answers false where the watch is over with that. */
  #begin(watch: Watch, collection: Collection, from: number): boolean {
    const { options, sink } = watch;
    const { resource, query } = options;
    const isInitial = isTrue(query["sendInitialEvents"]);
    if (from === 0 || isInitial) {
      if (query["sendInitialEvents"] === "false") return true;
      for (const object of collection.sorted()) {
        if (!this.#concerns(watch, object)) continue;
        sink.event({ type: "ADDED", object: encodingFor(watch).encode(viewOf(resource, object)) });
      }
      if (isInitial && watch.isBookmarked) sink.event(bookmarkOf(resource, this.#storage.version, END_OF_INITIAL));
      return true;
    }
    const changes = collection.since(from);
    if (changes === undefined) {
      const { body } = expired(`too old resource version: ${from} (${this.#storage.version})`);
      sink.event({ type: "ERROR", object: asKube(body) });
      sink.end();
      return false;
    }
    for (const change of changes) this.#tell(watch, change);
    return true;
  }

  #tell(watch: Watch, change: Change): void {
    const { type, object, before } = change;
    const was = before !== undefined && this.#concerns(watch, before);
    const is = type !== "DELETED" && this.#concerns(watch, object);
    if (!was && !is) return;
    const seen = was ? (is ? "MODIFIED" : "DELETED") : "ADDED";
    watch.sink.event(this.#shownAs(watch, change, seen));
  }

  /** The event, made once for all watches that see it in the same way. */
  #shownAs(watch: Watch, change: Change, type: WatchEvent["type"]): WatchEvent {
    const { resource } = watch.options;
    const encoding = encodingFor(watch);
    const shown = this.#shown.get(change) ?? new Map<string, WatchEvent>();
    this.#shown.set(change, shown);
    const key = `${type} ${resource.apiVersion} ${encoding.key}`;
    const known = shown.get(key);
    if (known !== undefined) return known;
    // What stops matching is shown as it last matched, with the version of the change that took it away.
    const isLost = type === "DELETED" && change.type !== "DELETED" && change.before !== undefined;
    const { resourceVersion } = change.object.metadata;
    const object =
      isLost && change.before !== undefined
        ? asKube({ ...change.before, metadata: { ...change.before.metadata, resourceVersion } })
        : change.object;
    const event: WatchEvent = { type, object: encoding.encode(viewOf(resource, object)) };
    shown.set(key, event);
    return event;
  }

  #concerns({ options: { namespace, name }, matches }: Watch, object: KubeObject): boolean {
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
    if (name !== undefined && object.metadata.name !== name) return false;
    return matches === undefined || matches(object);
  }

  #lifetime(query: Readonly<Record<string, string>>): number {
    const asked = Number(query["timeoutSeconds"] ?? 0);
    const seconds = asked > 0 ? asked : LEAST_SECONDS * (1 + this.#random.next());
    return seconds * 1_000;
  }

  /** One timer for all: a thousand watches must not be a thousand alarms. */
  #startBookmarks(): void {
    this.#bookmarks ??= this.#clock.setTimer(BOOKMARK_MILLIS, () => {
      this.#bookmarks = undefined;
      this.bookmark();
      if (this.#open.size > 0) this.#startBookmarks();
    });
  }

  #stopBookmarks(): void {
    this.#bookmarks?.();
    this.#bookmarks = undefined;
  }
}

/** How the next event of this watch is shown. */
function encodingFor(watch: Watch): WatchEncoding {
  const { encoding } = watch.options;
  const { isBegun } = watch;
  watch.isBegun = true;
  return isBegun ? (encoding.rest ?? encoding) : encoding;
}

const isTrue = (text: string | undefined): boolean => text === "true" || text === "1";

const END_OF_INITIAL = { annotations: { "k8s.io/initial-events-end": "true" } };

function bookmarkOf({ apiVersion, kind }: Resource, version: number, more: object = {}): WatchEvent {
  const metadata = { resourceVersion: String(version), ...more };
  return { type: "BOOKMARK", object: asKube({ kind, apiVersion, metadata }) };
}
