/** Placeholder. */
import { en, type Catalogue } from "./en";

export const zh: Catalogue = en;
