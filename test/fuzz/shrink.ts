import { at, type Path, pathsIn, withAt, without } from "./mutate.ts";
import type { Scene } from "./scene.ts";

/** Without these a scene is none. */
const FIXED = [
  /^canary$/,
  /^canary\.metadata/,
  /^objects\.\d+\.(kind|object)$/,
  /^objects\.\d+\.object\.(kind|metadata)/,
  /^happenings\.\d+\.(kind|stored|stored\.(kind|object)|stored\.object\.(kind|metadata.*)|image|who)$/,
];
const LISTS = [/^(objects|happenings|answers)$/];

/**
 * The smallest scene that can be found in so many plays and still fails in the same way: parts are left out one after
 * the other, largest first, and what cannot be left out is made plain.
 */
export async function shrunk(
  scene: Scene,
  fails: (smaller: Scene) => Promise<boolean>,
  mostPlays = 3000,
): Promise<Scene> {
  let best = scene;
  let plays = 0;
  for (let isSmaller = true; isSmaller && plays < mostPlays; ) {
    isSmaller = false;
    for (const path of byDepth(pathsIn(best))) {
      if (plays >= mostPlays) break;
      for (const attempt of attempts(best, path)) {
        plays += 1;
        if (!(await fails(attempt))) continue;
        best = attempt;
        isSmaller = true;
        break;
      }
    }
  }
  return best;
}

function byDepth(paths: readonly Path[]): readonly Path[] {
  // Entries of a list from the end, so that the places of those before stay as they are.
  return paths.toReversed().toSorted((one, other) => one.length - other.length);
}

function attempts(scene: Scene, path: Path): readonly Scene[] {
  const where = path.join(".");
  const value = at(scene, path);
  if (path.length === 0 || value === undefined || LISTS.some((list) => list.test(where))) return [];
  const isFixed =
    FIXED.some((fixed) => fixed.test(where)) && !/(labels|annotations|ownerReferences|finalizers)/.test(where);
  const smaller = isFixed ? [] : [without(scene, path), ...plainer(value).map((plain) => withAt(scene, path, plain))];
  const size = JSON.stringify(scene).length;
  return smaller.filter((one) => JSON.stringify(one).length < size) as Scene[];
}

function plainer(value: unknown): readonly unknown[] {
  if (typeof value === "string") return value.length > 1 ? ["", "a", value.slice(0, value.length / 2)] : [];
  if (typeof value === "number") return value === 0 ? [] : [0, 1];
  return [];
}
