import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The accent of `tokens.css` as Mantine wants it; the shades used for text on it pass 4.5:1. */
const amanah: MantineColorsTuple = [
  "#e1eef7",
  "#c3dcec",
  "#9ad1f2",
  "#7cbfe8",
  "#4f9cc9",
  "#2f7fae",
  "#176a9c",
  "#0f6093",
  "#0b5a8a",
  "#084469",
];

export const theme = createTheme({
  colors: { amanah },
  primaryColor: "amanah",
  primaryShade: { light: 8, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: '"IBM Plex Sans", "IBM Plex Sans Arabic", system-ui, sans-serif',
  defaultRadius: "4px",
  respectReducedMotion: true,
});
