// Helpers of the tests.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { startSandbox } from 'vitable-groups/testing';

/** A valid member. */
export function member(reference, changes = {}) {
  return {
    reference_id: reference,
    first_name: 'Quentin',
    last_name: 'Zyskowski',
    date_of_birth: '1990-05-15',
    plan_id: 'pln_Wgx_PobRSymT_ki30sYaBQ',
    address: { address_line_1: '123 Main Street', city: 'San Francisco', state: 'CA', zipcode: '94102' },
    ...changes,
  };
}

/** A sandbox that stops with the test. */
export async function sandboxFor(t, options) {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.stop());
  return sandbox;
}

/** A server that handles requests with a function, and the requests it received. */
export async function serverFor(t, handle) {
  const requests = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      requests.push({ method: request.method, url: request.url, headers: request.headers, body });
      handle(request, response, requests.length, body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { baseURL: `http://127.0.0.1:${server.address().port}`, requests };
}

/** Sends a JSON response. */
export function json(response, value, status = 200, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** Waits until a condition holds. */
export async function until(holds) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** The error that a promise rejects with. */
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise did not reject');
}

/** Runs a program, which can use `client(baseURL)`, in a process of its own until it exits. */
export function child(program) {
  const source = `
    import VitableConnect from 'vitable-groups';
    const client = (baseURL, options) =>
      new VitableConnect({ apiKey: 'k', baseURL, maxRetries: 0, ...options });
    ${program}
  `;
  return new Promise((resolve) => {
    const args = ['--input-type=module', '--eval', source];
    execFile(process.execPath, args, { cwd: import.meta.dirname }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}
