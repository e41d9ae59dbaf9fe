/** The data directory cannot be used. The message says why and what to do. */
export class UnusableDirectory extends Error {
  override readonly name = "UnusableDirectory";
}
