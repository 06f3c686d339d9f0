import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/**
 * Chromium 136 and later compiles all of such a file while it loads, beside the page's thread. Otherwise each function is compiled
 * when it is first called, and in a page that begins anew with each lock that is while somebody waits for her board, or for a dark
 * screen.
 */
const compiledAtLoad: Plugin = {
  name: "compiled-at-load",
  generateBundle: {
    // It must be the file's first line: after all that Vite itself puts there.
    order: "post",
    handler(_options, files) {
      for (const file of Object.values(files))
        if (file.type === "chunk" && !file.isDynamicEntry)
          file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
    },
  },
};

/** The page: what runs in the sandboxed renderer. The nonce placeholder is filled by the shell that serves it. */
export default defineConfig({
  root: "renderer",
  base: "./",
  plugins: [react(), compiledAtLoad],
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
