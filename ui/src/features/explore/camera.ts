/** Where one stands above the map and how near. It must never know what the points mean. */

export interface Camera {
  /** The place of the map in the middle of the picture, from -1 to 1. */
  x: number;
  y: number;
  /** Pixels for one unit of the map. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const MARGIN = 0.9;
export const NEAREST = 60;

/** So that the whole map is seen. */
export function fitted({ width, height }: Size): Camera {
  return { x: 0, y: 0, scale: (Math.min(width, height) / 2) * MARGIN };
}

/** The map runs upwards, the picture downwards. */
export function toPicture(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [size.width / 2 + (x - camera.x) * camera.scale, size.height / 2 - (y - camera.y) * camera.scale];
}

export function toMap(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [camera.x + (x - size.width / 2) / camera.scale, camera.y - (y - size.height / 2) / camera.scale];
}

/** Nearer or farther, with the place under the pointer staying where it is. */
export function zoomed(camera: Camera, size: Size, factor: number, x: number, y: number): Camera {
  const whole = fitted(size).scale;
  const scale = Math.max(whole * 0.6, Math.min(whole * NEAREST, camera.scale * factor));
  const [mapX, mapY] = toMap(camera, size, x, y);
  return bounded({ x: mapX - (x - size.width / 2) / scale, y: mapY + (y - size.height / 2) / scale, scale });
}

export function moved(camera: Camera, dx: number, dy: number): Camera {
  return bounded({ ...camera, x: camera.x - dx / camera.scale, y: camera.y + dy / camera.scale });
}

/** The middle never leaves the map. */
function bounded(camera: Camera): Camera {
  const within = (value: number) => Math.max(-1.1, Math.min(1.1, value));
  return { ...camera, x: within(camera.x), y: within(camera.y) };
}
