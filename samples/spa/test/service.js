import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const debugBuild = fileURLToPath(new URL('../../../src/WebApi/bin/Debug/net10.0/CleanJwt.WebApi.dll', import.meta.url));
const assembly = resolve(process.env.CLEANJWT_SERVICE ?? debugBuild);

// Tests replace the global one by that of a browser.
const { fetch } = globalThis;

export const password = 'correct horse battery';

export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Waits until a condition is true, and returns what it returned. */
export async function until(condition, what = String(condition)) {
  for (let tries = 0; tries < 600; tries++) {
    const value = await condition();
    if (value) return value;
    await sleep(50);
  }
  throw new Error(`This never became true: ${what}`);
}

/** Starts a program. Its output is in the message if it ends before it is ready. */
export async function start(command, args, { env, cwd, isReady }) {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let error;
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const ended = new Promise((done) => {
    child.on('exit', done);
    child.on('error', (failure) => done((error = failure)));
  });
  const stop = async () => {
    child.kill();
    await ended;
  };
  try {
    await until(async () => {
      if (error || child.exitCode !== null) throw new Error(`${command} ended.`, { cause: error });
      return isReady(output);
    }, `${command} is ready`);
  } catch (failure) {
    await stop();
    throw new Error(`${command} ${args.join(' ')} did not start:\n${output}`, { cause: failure });
  }
  return { stop, get output() { return output; } };
}

export const answers = (url) => fetch(url).then(({ ok }) => ok, () => false);

/**
 * Starts the service on a free port, with a database of its own. Without settings it runs in Development, and its
 * address is its issuer.
 */
export async function startService(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'cleanjwt-spa-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ...(process.env.DOTNET_ROOT && { DOTNET_ROOT: process.env.DOTNET_ROOT }),
    ASPNETCORE_ENVIRONMENT: 'Development',
    ASPNETCORE_URLS: url,
    Jwt__Issuer: url,
    ConnectionStrings__Default: `Data Source=${join(folder, 'test.db')}`,
    RateLimiting__Enabled: 'false',
    Logging__LogLevel__Default: 'Warning',
    ...settings,
  };
  const isReady = () => answers(`${url}/health/ready`);
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const service = await start('dotnet', [assembly, '--contentRoot', folder], { env, isReady }).catch(async (error) => {
    await removeFolder();
    throw new Error(`CLEANJWT_SERVICE=${assembly}`, { cause: error });
  });
  return {
    url,
    async stop() {
      await service.stop();
      await removeFolder();
    },
  };
}

/** A browser, as far as an http service can tell: it keeps cookies and names the origin of its page. */
export class Browser {
  cookies = new Map();
  /** All `Set-Cookie` lines so far. */
  setCookies = [];

  /** @param {{ origin: string, headers?: Record<string, string> }} page */
  constructor(page) {
    this.page = page;
  }

  get cookieHeader() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  fetch = async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(input, this.page.origin), init);
    const usesCookies = request.credentials === 'include' || new URL(request.url).origin === this.page.origin;
    request.headers.set('origin', this.page.origin);
    for (const [name, value] of Object.entries(this.page.headers ?? {})) request.headers.set(name, value);
    if (usesCookies && this.cookies.size > 0) request.headers.set('cookie', this.cookieHeader);
    const response = await fetch(request);
    for (const line of usesCookies ? response.headers.getSetCookie() : []) {
      this.setCookies.push(line);
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  };

  post = (url, body, headers) =>
    this.fetch(url, {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
}

let accounts = 0;
export const newEmail = () => `person-${Date.now()}-${++accounts}@example.org`;

export async function newAccount(service, origin = service.url) {
  const email = newEmail();
  const response = await new Browser({ origin }).post(`${service.url}/api/auth/register`, { email, password });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return email;
}
