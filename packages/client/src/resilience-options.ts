/** How failed requests are repeated. All durations in ms. */
export interface BackoffOptions {
  /** Upper bound of the first wait, in ms. Default 100. */
  initialDelay: number;
  /** Upper bound of every wait that the server did not ask for, in ms. Default 60,000. */
  maxDelay: number;
  /** Growth of the upper bound from one wait to the next. Default 1.3. */
  multiplier: number;
  /** Called after every failed attempt, the last one included. */
  onFailedAttempt?: () => void;
  /** Writes a line to the console for every wait. Default false. */
  debug?: boolean;
  /** Attempts after the first. Default Infinity. */
  maxRetries?: number;
  /**
   * Time from the first attempt after which a failure is final, in ms. A request that is under way then is cut, except
   * a live one that waits for news. Default Infinity.
   */
  deadline?: number;
  /**
   * What one attempt may take until its answer is there, head and body, in ms: it is then given up, and repeated like
   * one that failed. Writes get a second more for each 16 kB. Uploads of a stream are given up when they stand still
   * for so long. Reads go by `silenceTimeout` instead. Default 30,000.
   */
  attemptTimeout?: number;
}

/** When an SSE session gives up and goes on with long-polling. All durations in ms. */
export interface SSEResilienceOptions {
  /** A connection that ends sooner counts as short, in ms. Default 1000. */
  minConnectionDuration?: number | undefined;
  /** Short connections in a row after which the session falls back to long-polling. Default 3. */
  maxShortConnections?: number | undefined;
  /** Upper bound of the wait after the first short connection, doubled with each, in ms. Default 100. */
  backoffBaseDelay?: number | undefined;
  /** Upper bound of any wait after a short connection, in ms. Default 5000. */
  backoffMaxDelay?: number | undefined;
  /** Whether to say so on the console when falling back. Default true. */
  logWarnings?: boolean | undefined;
}
