// Builds the window's pages into dist/, and serves them to `tauri dev` on the port tauri.conf.json names.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    outDir: "dist",
    // What Tauri's webviews understand: WebKitGTK 2.40, Safari 16.4, WebView2.
    target: ["safari16.4", "chrome111"],
    // The content policy allows no inline scripts and no data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Read from the disk, not over a network.
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    env: { TZ: "Europe/Vienna" },
    css: false,
    // By itself it leaves a core idle, which of two is half of them.
    maxWorkers: "100%",
    // Whole-window stories on a busy machine.
    testTimeout: 40_000,
  },
});
