// Checks everything that needs no service: types, size, the content of the package, and how others will see it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const limit = 4096;
const content = [
  'LICENSE', 'README.md', 'package.json', 'src/index.js', 'src/server.js',
  'types/api.d.ts', 'types/index.d.ts', 'types/server.d.ts',
];
const root = fileURLToPath(new URL('..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'cleanjwt-client-'));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

/** Runs a command and prints its output, or ends with its exit code. */
function run(/** @type {string} */ command, /** @type {string[]} */ ...args) {
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8') };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status) {
    console.error(`${stdout}${stderr}\n${command} ${args.join(' ')} failed.`);
    process.exit(status);
  }
  return stdout;
}

const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);

run(bin('tsc'), '-p', 'tsconfig.json');
run('npm', 'run', 'build:types');
run(bin('tsc'), '-p', 'tsconfig.test.json');
console.log('Types: no errors.');

if (process.env.CLEANJWT_OPENAPI) {
  run(process.execPath, 'scripts/types.js', '--check');
  console.log('Types of the service: the same as in src/api.d.ts.');
} else {
  console.log('Types of the service: not compared, because CLEANJWT_OPENAPI names no OpenAPI document.');
}

const [{ contents }] = buildSync({
  entryPoints: [join(root, 'src/index.js')], bundle: true, minify: true, format: 'esm', write: false,
}).outputFiles;
const size = gzipSync(contents, { level: 9 }).length;
console.log(`Size: ${size} bytes minified and gzipped; the limit is ${limit}.`);
if (size >= limit) process.exit(1);

const [{ filename, files }] = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', out));
const paths = files.map((/** @type {{ path: string }} */ file) => file.path).sort();
if (paths.join() != content.join()) {
  console.error(`The package holds ${paths.join(', ')}; expected: ${content.join(', ')}`);
  process.exit(1);
}
console.log(`Package: ${paths.length} files, as expected.`);

const tarball = join(out, filename);
run(bin('publint'), '--strict', tarball);
console.log('publint: no complaint.');
run(bin('attw'), tarball, '--profile', 'esm-only');
console.log('Are the types wrong? They are not.');
