/** The launcher's window begins here. */
import { begin } from "./begin";
import LauncherView from "./views/LauncherView.svelte";

void begin(LauncherView);
