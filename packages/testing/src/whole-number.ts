/**
 * A positive whole number from the environment, or `otherwise` when it is not set. What is no such number is refused: a
 * long campaign that silently ran short would prove nothing.
 */
export function wholeNumberFrom(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Error(`${name} must be a positive whole number, not "${text}"`);
  return Number(text);
}
