/** The way to the one field, wherever one is in the search. */
export function focusField(): void {
  document.querySelector<HTMLElement>("[data-search-field]")?.focus();
}
