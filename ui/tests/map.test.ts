/** The map without a canvas: where one stands, which point is meant, and what is written. */
import { describe, expect, it } from "vitest";

import { fitted, moved, toMap, toPicture, zoomed } from "../src/features/explore/camera";
import { groupedBy } from "../src/features/explore/groups";
import { placed } from "../src/features/explore/labels";
import { DARK, GROUND, LIGHT, OTHER } from "../src/features/explore/palette";
import { PointIndex } from "../src/features/explore/points";
import { linesOf, pointsWithin, treeOf } from "../src/features/explore/tree";
import { meaningMap } from "../src/host/mock/map";

const size = { width: 800, height: 600 };
const map = meaningMap(20_000);

describe("the camera", () => {
  it("finds the place in the picture again", () => {
    const camera = { x: 0.2, y: -0.4, scale: 900 };
    const [x, y] = toMap(camera, size, ...toPicture(camera, size, 0.31, -0.12));
    expect([x.toFixed(6), y.toFixed(6)]).toEqual(["0.310000", "-0.120000"]);
  });

  it("keeps what is under the pointer while one goes nearer", () => {
    const before = fitted(size);
    const place = toMap(before, size, 300, 200);
    const [x, y] = toMap(zoomed(before, size, 2, 300, 200), size, 300, 200);
    expect(x).toBeCloseTo(place[0], 6);
    expect(y).toBeCloseTo(place[1], 6);
  });

  it("never loses the map", () => {
    let camera = fitted(size);
    for (let step = 0; step < 100; step += 1) camera = moved(zoomed(camera, size, 0.5, 10, 10), 500, 500);
    expect(camera.scale).toBeGreaterThan(100);
    expect(Math.abs(camera.x)).toBeLessThanOrEqual(1.1);
  });
});

describe("points", () => {
  const index = new PointIndex(Float32Array.from(map.x), Float32Array.from(map.y));

  it("are found as by looking at every one", () => {
    for (let at = 0; at < 200; at += 1) {
      const [x, y] = [Math.sin(at * 7) * 0.9, Math.cos(at * 3) * 0.9];
      const far = (point: number) => Math.hypot(Math.fround(map.x[point]!) - x, Math.fround(map.y[point]!) - y);
      const best = map.x.map((_, point) => point).reduce((one, other) => (far(other) < far(one) ? other : one));
      const found = index.nearest(x, y, 0.05);
      if (far(best) > 0.05) expect(found).toBe(-1);
      else expect(far(found)).toBeCloseTo(far(best), 9);
    }
  });

  it("inside a line are those that a line goes around", () => {
    const square = [[-0.2, -0.2], [0.2, -0.2], [0.2, 0.2], [-0.2, 0.2]] as const;
    const expected = map.x.filter((x, at) => Math.abs(x) < 0.2 && Math.abs(map.y[at]!) < 0.2).length;
    expect(index.inside(square).length).toBe(expected);
  });
});

describe("names on the map", () => {
  it("never stand on one another, and the weightier one stays", () => {
    const name = (text: string, x: number, weight: number) => ({ text, x, y: 100, width: 80, height: 16, weight });
    expect(placed([name("small", 110, 1), name("large", 100, 9), name("far", 400, 2)], 800, 600).map((one) => one.text)).toEqual(["large", "far"]);
  });
});

describe("groups", () => {
  it("hold every document once", () => {
    for (const by of ["topic", "language"] as const) {
      const { groups, rest } = groupedBy(map, by, (tag) => tag);
      expect(groups.reduce((sum, group) => sum + group.documents, 0) + rest).toBe(20_000);
    }
  });

  it("have colours that stand out from the ground by 3:1", () => {
    const light = (colour: string) => {
      const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
      const [red, green, blue] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    const contrast = (one: string, other: string) => {
      const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
      return (high! + 0.05) / (low! + 0.05);
    };
    for (const colour of [...LIGHT, OTHER.light]) expect(contrast(colour, GROUND.light)).toBeGreaterThan(3);
    for (const colour of [...DARK, OTHER.dark]) expect(contrast(colour, GROUND.dark)).toBeGreaterThan(3);
  });
});

describe("the tree, the map's twin", () => {
  const tree = treeOf(map);

  it("holds every document of the map", () => {
    expect(tree.roots.reduce((sum, root) => sum + pointsWithin(tree, root).length, 0)).toBe(20_000);
  });

  it("shows what is unfolded, and the rest as a number", () => {
    expect(linesOf(map, tree, new Set(), new Map()).every((line) => line.kind === "topic")).toBe(true);
    const root = tree.roots[0]!;
    const child = tree.children.get(root)![0]!;
    const lines = linesOf(map, tree, new Set([root, child]), new Map());
    expect(lines.filter((line) => line.kind === "document").length).toBe(60);
    expect(lines.find((line) => line.kind === "more")?.documents).toBe(tree.points.get(child)!.length - 60);
  });
});
