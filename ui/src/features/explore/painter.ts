/** Draws points: with WebGL2 where there is one, else on a plain canvas. Both take the same columns, once. */
import type { Camera, Size } from "./camera";
import { partsOf } from "./palette";

export interface Columns {
  x: Float32Array<ArrayBuffer>;
  y: Float32Array<ArrayBuffer>;
  /** The group of each point, and `BACK` more for one that steps back. */
  group: Uint8Array<ArrayBuffer>;
}

/** More than there are groups. */
export const BACK = 128;

export interface Look {
  camera: Camera;
  size: Size;
  /** How many pixels of the screen one of the page has. */
  ratio: number;
  /** The colour of each group; the last one is for the rest. */
  colours: string[];
  /** The group that is set apart, or -1. */
  apart: number;
}

export interface Painter {
  readonly kind: "webgl" | "plain";
  load(columns: Columns): void;
  draw(look: Look): void;
  free(): void;
}

/** As many points need no more room than they have. */
const MANY = 20_000;

/** So large is a point, by how near one is and how many there are. */
export function pointSize(camera: Camera, size: Size, count: number): number {
  const near = camera.scale / (Math.min(size.width, size.height) / 2);
  const room = Math.max(0, Math.log10(MANY / Math.max(1, count)));
  return Math.max(2.6, Math.min(11, 2.2 + Math.log2(1 + near) * 1.1 + room * 2));
}

const MOST_COLOURS = 16;

const VERTEX = `#version 300 es
in vec2 place;
in float group;
uniform vec2 middle;
uniform vec2 scale;
uniform float size;
uniform float apart;
uniform vec3 colours[${MOST_COLOURS}];
out vec4 colour;
void main() {
  gl_Position = vec4((place - middle) * scale, 0.0, 1.0);
  bool isBack = group >= ${BACK}.0;
  float own = isBack ? group - ${BACK}.0 : group;
  bool isDim = isBack || (apart >= 0.0 && apart != own);
  gl_PointSize = isDim ? size * 0.7 : size;
  colour = vec4(colours[int(own)], isDim ? 0.12 : 0.8);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
out vec4 shown;
void main() {
  float far = length(gl_PointCoord - 0.5);
  float edge = smoothstep(0.5, 0.4, far);
  shown = vec4(colour.rgb * colour.a * edge, colour.a * edge);
}`;

export function painterFor(canvas: HTMLCanvasElement): Painter | null {
  const context = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  const made = context && webglPainter(context);
  if (made) return made;
  const plain = canvas.getContext("2d");
  return plain ? plainPainter(plain) : null;
}

function webglPainter(gl: WebGL2RenderingContext): Painter | null {
  const program = programOf(gl);
  if (!program) return null;
  const places = gl.createBuffer();
  const groups = gl.createBuffer();
  const place = (name: string) => gl.getUniformLocation(program, name);
  const [middle, scale, size, apart, colours] = [place("middle"), place("scale"), place("size"), place("apart"), place("colours")];
  let count = 0;
  return {
    kind: "webgl",
    load(columns) {
      count = columns.x.length;
      const pairs = new Float32Array(count * 2);
      for (let at = 0; at < count; at += 1) {
        pairs[at * 2] = columns.x[at] ?? 0;
        pairs[at * 2 + 1] = columns.y[at] ?? 0;
      }
      fill(gl, places, pairs, gl.getAttribLocation(program, "place"), 2, gl.FLOAT);
      fill(gl, groups, columns.group, gl.getAttribLocation(program, "group"), 1, gl.UNSIGNED_BYTE);
    },
    draw({ camera, size: { width, height }, ratio, colours: names, apart: group }) {
      gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.useProgram(program);
      gl.uniform2f(middle, camera.x, camera.y);
      gl.uniform2f(scale, (camera.scale * 2) / width, (camera.scale * 2) / height);
      gl.uniform1f(size, pointSize(camera, { width, height }, count) * ratio);
      gl.uniform1f(apart, group);
      gl.uniform3fv(colours, names.slice(0, MOST_COLOURS).flatMap(partsOf));
      gl.drawArrays(gl.POINTS, 0, count);
    },
    free() {
      gl.deleteBuffer(places);
      gl.deleteBuffer(groups);
      gl.deleteProgram(program);
    },
  };
}

function fill(gl: WebGL2RenderingContext, buffer: WebGLBuffer, data: ArrayBufferView<ArrayBuffer>, at: number, parts: number, kind: number): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, parts, kind, false, 0, 0);
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

function plainPainter(context: CanvasRenderingContext2D): Painter {
  let columns: Columns = { x: new Float32Array(), y: new Float32Array(), group: new Uint8Array() };
  return {
    kind: "plain",
    load: (loaded) => (columns = loaded),
    draw({ camera, size, ratio, colours, apart }) {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.width, size.height);
      const edge = pointSize(camera, size, columns.x.length);
      // Squares, and one colour after the other: circles and changes of colour cost most.
      [...colours.keys()].flatMap((group) => [group + BACK, group]).forEach((group) => {
        const own = group % BACK;
        context.globalAlpha = group >= BACK || (apart >= 0 && apart !== own) ? 0.12 : 0.8;
        context.fillStyle = colours[own] ?? "";
        for (let at = 0; at < columns.x.length; at += 1) {
          if (columns.group[at] !== group) continue;
          const x = size.width / 2 + ((columns.x[at] ?? 0) - camera.x) * camera.scale;
          const y = size.height / 2 - ((columns.y[at] ?? 0) - camera.y) * camera.scale;
          if (x > -9 && y > -9 && x < size.width + 9 && y < size.height + 9) context.fillRect(x - edge / 2, y - edge / 2, edge, edge);
        }
      });
      context.globalAlpha = 1;
    },
    free: () => undefined,
  };
}
