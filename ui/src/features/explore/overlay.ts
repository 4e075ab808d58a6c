/** What is written and drawn over the points: names, the line around documents, the point under the pointer. */
import type { MeaningMap } from "../../wire";
import { toPicture, type Camera, type Size } from "./camera";
import { topicName } from "./groups";
import { placed, type Placed, type Wanted } from "./labels";

export interface Inks {
  text: string;
  quiet: string;
  ground: string;
  accent: string;
  font: string;
}

export interface Over {
  map: MeaningMap;
  camera: Camera;
  size: Size;
  ratio: number;
  inks: Inks;
  /** The line so far, in the picture. */
  lasso: readonly (readonly [number, number])[];
  hovered: number;
  /** The point whose document is read, or -1. */
  read: number;
}

/** The outer topics are named first; the inner ones once one is near enough to tell them apart. */
const INNER_FROM = 1.7;

export function drawOver(context: CanvasRenderingContext2D, over: Over): void {
  const { size, ratio, inks } = over;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  drawNames(context, namesOf(context, over), inks);
  drawLasso(context, over);
  ring(context, over, over.read, over.inks.accent);
  ring(context, over, over.hovered, over.inks.text);
}

function namesOf(context: CanvasRenderingContext2D, { map, camera, size, inks }: Over): Placed[] {
  const near = camera.scale / (Math.min(size.width, size.height) / 2);
  const wanted: Wanted[] = [];
  map.topics.forEach((topic, at) => {
    const isOuter = topic.parent === null;
    if (topic.documents === 0 || (!isOuter && near < INNER_FROM)) return;
    const text = topicName(map, at);
    if (text === "") return;
    context.font = fontOf(isOuter, inks.font);
    const [x, y] = toPicture(camera, size, topic.x, topic.y);
    const weight = topic.documents * (isOuter ? 4 : 1);
    const width = context.measureText(text).width + 8;
    // What is near the edge is written as far inside as it needs.
    const inside = x > 0 && x < size.width ? Math.max(width / 2, Math.min(size.width - width / 2, x)) : x;
    wanted.push({ text, x: inside, y, width, height: isOuter ? 18 : 15, weight });
  });
  return placed(wanted, size.width, size.height);
}

function fontOf(isOuter: boolean, family: string): string {
  return isOuter ? `600 13px ${family}` : `500 11px ${family}`;
}

function drawNames(context: CanvasRenderingContext2D, names: Placed[], inks: Inks): void {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const name of names) {
    const isOuter = name.height > 16;
    context.font = fontOf(isOuter, inks.font);
    context.lineWidth = 4;
    context.strokeStyle = inks.ground;
    context.strokeText(name.text, name.x, name.y);
    context.fillStyle = inks.text;
    context.fillText(name.text, name.x, name.y);
  }
}

function drawLasso(context: CanvasRenderingContext2D, { lasso, inks }: Over): void {
  if (lasso.length < 2) return;
  context.beginPath();
  lasso.forEach(([x, y], at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.closePath();
  context.globalAlpha = 0.1;
  context.fillStyle = inks.accent;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = inks.accent;
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, { map, camera, size }: Over, at: number, ink: string): void {
  if (at < 0) return;
  const [x, y] = toPicture(camera, size, map.x[at] ?? 0, map.y[at] ?? 0);
  context.beginPath();
  context.arc(x, y, 7, 0, Math.PI * 2);
  context.lineWidth = 2;
  context.strokeStyle = ink;
  context.stroke();
}
