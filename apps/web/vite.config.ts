import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `vite dev` finds the server. */
const SERVER = process.env["RINGDESK_DEV_SERVER"] ?? "http://127.0.0.1:8080";

// Vite wants a default export here; it is the one file of this workspace that has one.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // No inlined assets: the content security policy allows files of our own origin only.
  // Browsers that know light-dark(); older ones would need it rewritten, which loses the scheme chosen on the page.
  build: {
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    outDir: "dist", emptyOutDir: true, target: "es2023", assetsInlineLimit: 0, chunkSizeWarningLimit: 1_500, sourcemap: false, reportCompressedSize: false },
  server: { port: 5173, proxy: { "/api": { target: SERVER, ws: true } } },
});
