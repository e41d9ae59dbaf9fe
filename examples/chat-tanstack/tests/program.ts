/** Where the program is that the tests start. */
export const DIST = new URL("../dist/", import.meta.url);
