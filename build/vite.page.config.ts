import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page: what runs in the sandboxed renderer. The nonce placeholder is filled by the shell that serves it. */
export default defineConfig({
  root: "renderer",
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../out/page",
    emptyOutDir: true,
    target: "chrome150",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // From the local disk size costs little; what is heavy and rarely seen is loaded when it is.
    chunkSizeWarningLimit: 1500,
  },
});
