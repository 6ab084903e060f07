import type { Script } from "../suite.ts";
import { DISCOVERY } from "./discovery.ts";
import { FIELDS } from "./fields.ts";
import { KINDS } from "./kinds.ts";
import { OBJECTS } from "./objects.ts";
import { READING } from "./reading.ts";

/** Everything that is held against the real server. */
export const SCRIPTS: Readonly<Record<string, Script>> = { ...OBJECTS, ...FIELDS, ...READING, ...KINDS, ...DISCOVERY };
