import http from 'node:http';

/**
 * What the proxy does to a request instead of forwarding it quietly. `lost` breaks the connection before the request
 * reaches the service, and `answerLost` after it. `after` is waited for before the answer is passed on.
 * @typedef {{ status?: number, headers?: Record<string, string>, body?: string, lost?: boolean, answerLost?: boolean,
 *   after?: Promise<unknown> }} Fault
 */

/** Starts a proxy on a free port that fails when a test says so, and that counts requests. */
export async function faultyProxy(/** @type {string} */ target) {
  /** @type {{ pattern: RegExp, fault: Fault, times: number }[]} */
  let faults = [];
  /** @type {{ line: string, headers: http.IncomingHttpHeaders }[]} */
  let requests = [];

  const server = http.createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push({ line, headers: request.headers });
    const entry = faults.find(({ pattern, times }) => times > 0 && pattern.test(line));
    if (entry) entry.times--;
    const fault = entry?.fault ?? {};
    if (fault.lost) return request.socket.destroy();
    if (fault.status) {
      request.resume();
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    const upstream = http.request(target + request.url, { method: request.method, headers: request.headers });
    upstream.on('error', () => response.destroy());
    upstream.on('response', async (answer) => {
      await fault.after;
      if (fault.answerLost) return response.destroy();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(upstream);
  });
  // Otherwise the proxy could close a connection in the moment in which a client uses it again.
  server.keepAliveTimeout = 0;
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${port}`,
    /** Fails the next requests whose line, such as `GET /api/users/me`, matches. */
    fail(/** @type {RegExp} */ pattern, /** @type {Fault} */ fault, times = 1) {
      faults.push({ pattern, fault, times });
    },
    /** Forgets the faults and the requests. */
    reset() {
      faults = [];
      requests = [];
    },
    /** The requests since the last reset whose line matches. */
    seen: (/** @type {RegExp} */ pattern) => requests.filter(({ line }) => pattern.test(line)),
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}

/** The answer of the service while its database does not answer. */
export const unavailable = (/** @type {number} */ retryAfter) => ({
  status: 503,
  headers: { 'content-type': 'application/problem+json', 'retry-after': String(retryAfter) },
  body: JSON.stringify({
    type: 'urn:cleanjwt:problem:service-unavailable', title: 'Unavailable', status: 503, detail: 'Try again later.',
    code: 'service-unavailable', traceId: '0',
  }),
});
