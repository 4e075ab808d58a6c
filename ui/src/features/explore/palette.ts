/** The colours of groups on the map: told apart from one another, and from the ground of their theme by 3:1 and more. */
import type { Ground } from "../../appearance.svelte";

export const LIGHT = ["#0b6074", "#c2410c", "#5b3fb5", "#2f7d32", "#b0216e", "#8a6500", "#1d5fd1", "#9c3022", "#00796b", "#7d4a9e", "#55631a", "#a3530f"];
export const DARK = ["#6cc4d8", "#ff9d5c", "#b3a1ff", "#86d48a", "#ff8ec2", "#e3c04f", "#82b3ff", "#ff9a8d", "#4fd1bf", "#d5a6f2", "#c3d26a", "#ffb873"];
/** For those in no group, and in the smaller ones. */
export const OTHER = { light: "#747d82", dark: "#8b959b" };
export const GROUND = { light: "#ffffff", dark: "#17191b" };

export function colourOf(group: number, ground: Ground): string {
  const palette = ground === "dark" ? DARK : LIGHT;
  return palette[group] ?? OTHER[ground];
}

export const MOST_GROUPS = LIGHT.length;

/** Red, green and blue from 0 to 1. */
export function partsOf(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
