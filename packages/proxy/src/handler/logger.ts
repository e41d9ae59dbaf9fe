/** Where events go. Never given a secret, a query, a header or a body. */
export interface ProxyLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Warnings to the console, and nothing else. */
export const CONSOLE: ProxyLogger = {
  info: () => undefined,
  warn: (fields, message) => console.warn(message, fields),
};
