// Makes src/api.d.ts from an OpenAPI document, or compares it: node scripts/types.js [--check] FILE-OR-URL
import { readFile, writeFile } from 'node:fs/promises';
import openapi, { astToString } from 'openapi-typescript';

const check = process.argv[2] == '--check';
const source = process.argv[check ? 3 : 2] ?? process.env.CLEANJWT_OPENAPI;
if (!source) {
  console.error('Name the OpenAPI document: a file or a URL, as an argument or in CLEANJWT_OPENAPI.');
  process.exit(2);
}

const isUrl = /^https?:/.test(source);
const document = JSON.parse(isUrl ? await (await fetch(source)).text() : await readFile(source, 'utf8'));
const { schemas } = document.components;
const nodes = await openapi({
  openapi: document.openapi,
  info: document.info,
  paths: {},
  // Sorted, so that a new order of the routes changes nothing.
  components: { schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))) },
});
const heading = '// Made by `npm run types` from the OpenAPI document of the service. Do not edit.\n\n';
const text = heading + astToString(nodes);

const file = new URL('../src/api.d.ts', import.meta.url);
if (!check) {
  await writeFile(file, text);
} else if ((await readFile(file, 'utf8')) != text) {
  console.error(`src/api.d.ts is not what ${source} describes. Run: npm run types -- ${source}`);
  process.exit(1);
}
