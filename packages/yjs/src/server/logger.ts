/** Where events go. */
export interface YjsLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
