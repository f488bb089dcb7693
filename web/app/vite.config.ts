import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// During development the page is served by Vite and everything else by a running street.
const street = process.env.WATTLE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the server's content policy allows files, not inlined data
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/api": street,
      "/ws": { target: street, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
