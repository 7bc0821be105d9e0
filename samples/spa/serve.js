// Serves the two files of this sample, and forwards /notes to an API that trusts the tokens (samples/node).
// SERVICE=http://localhost:5080 API=http://localhost:5081 PORT=3000 node serve.js
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const service = process.env.SERVICE ?? 'http://localhost:5080';
const api = process.env.API ?? 'http://localhost:5081';
const port = process.env.PORT ?? '3000';
const files = { '/': 'index.html', '/app.js': 'app.js' };
const types = { 'index.html': 'text/html; charset=utf-8', 'app.js': 'text/javascript; charset=utf-8' };

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file = files[pathname];
  if (file) {
    const text = await readFile(new URL(file, import.meta.url), 'utf8');
    response.setHeader('Content-Type', types[file]);
    response.end(text.replaceAll('http://localhost:5080', service));
  } else if (pathname === '/notes') {
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${api}/notes`, { headers: { authorization } }).catch(() => undefined);
    const challenge = answer?.headers.get('WWW-Authenticate');
    response.writeHead(answer?.status ?? 502, challenge ? { 'WWW-Authenticate': challenge } : {});
    response.end(await answer?.text());
  } else {
    response.writeHead(404).end();
  }
});

server.listen(Number(port), '127.0.0.1', () => console.log(`Listening on http://localhost:${server.address().port}`));
