import { defineConfig } from "vite";

// One classic script and one style sheet with fixed names: `scripts/assemble.mjs` inlines both into
// `dist/report.html`, and the committed `dist/` must come out byte for byte the same from every build.
export default defineConfig({
  publicDir: false,
  build: {
    target: ["chrome111", "firefox114", "safari16.4"],
    outDir: "dist",
    emptyOutDir: true,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    sourcemap: false,
    rollupOptions: {
      input: "src/main.ts",
      output: {
        format: "iife",
        entryFileNames: "viewer.js",
        assetFileNames: "viewer[extname]",
      },
    },
  },
});
