import { useEffect, useState } from "react";
import { IconButton } from "../design/IconButton.tsx";

const KEY = "perennial-theme";
const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** Goes through the system's theme, light and dark, and remembers the choice. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(
    () => THEMES.find((name) => name === localStorage.getItem(KEY)) ?? "system",
  );
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  return (
    <IconButton
      icon={theme}
      label={`Theme: ${theme}`}
      title={`Theme: ${theme}. Switch to ${next}`}
      className="quiet"
      onClick={() => setTheme(next)}
    />
  );
}
