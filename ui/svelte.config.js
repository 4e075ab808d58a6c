/** The plugin and the checker need no settings; without the file they say so. */
export default {};
