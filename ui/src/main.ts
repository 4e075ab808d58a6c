/** The main window begins here. */
import { begin } from "./begin";
import App from "./views/App.svelte";

void begin(App);
