// Builds the pages into bot/desk/static: the desk with files of its own, and pages that are one file each.
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const outDir = fileURLToPath(new URL("../static", import.meta.url));
const shared = { root, configFile: false, logLevel: "warn", publicDir: false };
const common = {
  outDir, emptyOutDir: false, target: "es2022", cssTarget: ["chrome123", "firefox120", "safari17.5"],
  modulePreload: { polyfill: false },
};

/** One page whose script and style stand inside it; its own policy allows exactly those two and no connection. */
function oneFile(policy) {
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return {
    name: "leeward-one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const parts = Object.values(bundle);
      const page = parts.find((part) => part.fileName.endsWith(".html"));
      const script = parts.find((part) => part.type === "chunk").code.trim().replaceAll("</script", "<\\/script");
      const style = parts.find((part) => part.fileName.endsWith(".css"))?.source.toString().trim() ?? "";
      const content = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; ${policy}`;
      page.source = page.source
        .replace(/\s*<script[^>]*src=[^>]*><\/script>/u, "")
        .replace(/\s*<link[^>]*stylesheet[^>]*>/u, "")
        .replace("<!-- policy -->", () => `<meta http-equiv="Content-Security-Policy" content="${content}">`)
        .replace("<!-- style -->", () => `<style>${style}</style>`)
        .replace("<!-- script -->", () => `<script type="module">${script}</script>`);
      for (const part of parts) if (part !== page) delete bundle[part.fileName];
    },
  };
}

async function single(name, policy) {
  await build({
    ...shared,
    base: "./",
    plugins: [oneFile(policy)],
    build: { ...common, assetsInlineLimit: 1e8, cssCodeSplit: false, rolldownOptions: { input: `${root}${name}` } },
  });
}

await rm(outDir, { recursive: true, force: true });
await build({ ...shared, base: "/desk/", build: { ...common, assetsInlineLimit: 0 } });
await single("offline-opener.html", "img-src blob:; base-uri 'none'; form-action 'none'");
await single("picture.html", "img-src blob:");
