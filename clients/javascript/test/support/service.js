import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultyProxy } from './proxy.js';

const assembly = resolve(
  process.env.CLEANJWT_SERVICE
    ?? new URL('../../../../src/WebApi/bin/Debug/net10.0/CleanJwt.WebApi.dll', import.meta.url).pathname);

/**
 * Starts the real service with a database of its own, behind a proxy that can fail. The issuer is the proxy's address,
 * so that the service takes the proxy for itself, as behind any other proxy.
 * @param {Record<string, string>} [settings]
 */
export async function startService(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'cleanjwt-client-'));
  const port = await freePort();
  const direct = `http://127.0.0.1:${port}`;
  const proxy = await faultyProxy(direct);
  const child = spawn('dotnet', [assembly, '--contentRoot', folder], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DOTNET_ROOT: process.env.DOTNET_ROOT,
      ASPNETCORE_ENVIRONMENT: 'Development',
      ASPNETCORE_URLS: direct,
      Jwt__Issuer: proxy.url,
      ConnectionStrings__Default: `Data Source=${join(folder, 'test.db')}`,
      RateLimiting__Enabled: 'false',
      Logging__LogLevel__Default: 'Warning',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const exited = new Promise((done) => child.on('exit', done));
  const stop = async () => {
    child.kill();
    await exited;
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !(await isReady(direct)); tries++) {
    if (child.exitCode !== null || tries == 300) {
      await stop();
      throw new Error(`The service did not start (CLEANJWT_SERVICE=${assembly}):\n${output}`);
    }
    await sleep(100);
  }
  return {
    url: proxy.url,
    proxy,
    stop,
    /** Waits for the newest mail to an address. */
    async mailTo(/** @type {string} */ address, /** @type {string} */ template) {
      for (let tries = 0; tries < 100; tries++) {
        const response = await fetch(`${direct}/dev/mail`, { headers: { accept: 'application/json' } });
        const { items } = await response.json();
        const mail = items.find((/** @type {any} */ item) => item.to.includes(address) && item.template == template);
        if (mail) return { code: mail.code, token: decodeURIComponent(mail.link?.split('#token=')[1] ?? '') };
        await sleep(100);
      }
      throw new Error(`No mail ${template} came for ${address}.`);
    },
  };
}

async function isReady(/** @type {string} */ url) {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((done) => {
    const server = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}

/** Waits until a condition holds. */
export async function until(/** @type {() => unknown} */ condition) {
  for (let tries = 0; !condition(); tries++) {
    if (tries == 500) throw new Error(`This never became true: ${condition}`);
    await sleep(10);
  }
}
