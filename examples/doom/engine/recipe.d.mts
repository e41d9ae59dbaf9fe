export const BUILT: readonly string[];
export function builtFolder(): string;
