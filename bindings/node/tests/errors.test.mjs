import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import VitableConnect, * as root from 'vitable-groups';
import { failure, json, member, sandboxFor, serverFor } from './helpers.mjs';

const STATUSES = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  402: 'APIError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  405: 'APIError',
  409: 'ConflictError',
  418: 'APIError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  501: 'InternalServerError',
};

test('every status has its class, and its name is the class name', async (t) => {
  let status;
  const { baseURL } = await serverFor(t, (_request, response) =>
    json(response, { message: 'mm', app_error_code: 'some_code', trace_id: 'trace-1' }, status),
  );
  const client = new VitableConnect({ apiKey: 'k', baseURL, maxRetries: 0 });
  for (const [code, name] of Object.entries(STATUSES)) {
    status = Number(code);
    const error = await failure(client.groups.retrieve('g'));
    assert.ok(error instanceof root[name] && error instanceof root.APIError, code);
    assert.ok(error instanceof VitableConnect.VitableConnectError && error instanceof Error);
    assert.equal(error.name, name);
    assert.equal(error.constructor, root[name]);
    assert.equal(error.status, status);
    assert.equal(error.message, `${code} mm`);
    assert.equal(error.code, 'some_code');
    assert.equal(error.traceID, 'trace-1');
    assert.equal(error.headers.get('content-type'), 'application/json');
    assert.deepEqual(error.error, { message: 'mm', app_error_code: 'some_code', trace_id: 'trace-1' });
    assert.equal(error.operation, 'groups.retrieve');
    assert.equal(error.attempts.length, 1);
  }
});

test('the message depends on the body', async (t) => {
  const cases = [
    [400, '{"error":"e"}', 'application/json', '400 {"error":"e"}', { error: 'e' }],
    [400, '{"message":"mm"}', 'application/json', '400 mm', { message: 'mm' }],
    [500, '"oops"', 'application/json', '500 "oops"', 'oops'],
    [500, '', 'application/json', '500 status code (no body)', undefined],
    [401, '{"error":{"code":"unauthorized","message":"Invalid key"}}', 'application/json', '401 Invalid key', undefined],
  ];
  let current;
  const { baseURL } = await serverFor(t, (_request, response) => {
    const [status, body, type] = current;
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  const client = new VitableConnect({ apiKey: 'k', baseURL, maxRetries: 0 });
  for (current of cases) {
    const [, , , message, body] = current;
    const error = await failure(client.groups.retrieve('g'));
    assert.equal(error.message, message);
    if (body !== undefined) assert.deepEqual(error.error, body);
  }
  current = [502, ' <html>bad</html> ', 'text/html'];
  const error = await failure(client.groups.retrieve('g'));
  assert.match(error.message, /^502 /);
  assert.equal(error.error, undefined);
});

test('connection errors and timeouts', async (t) => {
  const refused = new VitableConnect({ apiKey: 'k', baseURL: 'http://127.0.0.1:1', maxRetries: 0 });
  const error = await failure(refused.groups.retrieve('g'));
  assert.ok(error instanceof root.APIConnectionError);
  assert.equal(error.message, 'Connection error.');
  assert.match(error.cause.message, /cannot connect/);
  assert.deepEqual([error.status, error.headers, error.error], [undefined, undefined, undefined]);

  const sandbox = await sandboxFor(t);
  sandbox.fault({ hang: 'before', times: null });
  const slow = await failure(sandbox.client({ maxRetries: 0 }).groups.list({}, { timeout: 20 }));
  assert.ok(slow instanceof root.APIConnectionTimeoutError && slow instanceof root.APIConnectionError);
  assert.deepEqual([slow.name, slow.message], ['APIConnectionTimeoutError', 'Request timed out.']);
  const late = await failure(sandbox.client().groups.list({}, { deadline: 20 }));
  assert.equal(late.name, 'DeadlineExceededError');
});

test('errors hold what recovery needs', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ status: 429, headers: { 'retry-after': '120' }, times: null });
  const error = await failure(sandbox.client().groups.update('g', { name: 'n' }));
  assert.ok(error instanceof root.RateLimitError);
  assert.equal(error.retryAfter, 120_000);
  assert.equal(error.transient, true);
  assert.match(error.idempotencyKey, /^vg-/);
  assert.match(error.detail, /the server requested a wait of 2 min/);
});

test('programs can create errors in their tests', () => {
  const headers = new Headers();
  const error = root.APIError.generate(404, { message: 'gone' }, undefined, headers);
  assert.ok(error instanceof root.NotFoundError);
  assert.equal(error.message, '404 gone');
  assert.equal(new root.APIUserAbortError().message, 'Request was aborted.');
  assert.equal(new root.APIConnectionTimeoutError().message, 'Request timed out.');
  const cause = new Error('x');
  assert.equal(new root.APIConnectionError({ cause }).cause, cause);
});

test('fields survive structuredClone and JSON', async (t) => {
  const error = await failure((await sandboxFor(t)).client().groups.retrieve('grp_x'));
  const copy = structuredClone({ ...error });
  assert.deepEqual(copy.attempts, error.attempts);
  assert.equal(copy.status, 404);
  const plain = JSON.parse(JSON.stringify(error));
  assert.deepEqual([plain.name, plain.status, plain.kind], ['NotFoundError', 404, 'not_found']);
  assert.equal(structuredClone(error).message, error.message);
});

test('printing a client or an error shows no key and no member data', async (t) => {
  const { baseURL } = await serverFor(t, (request, response, _count, body) =>
    json(response, { detail: JSON.parse(body), key: request.headers.authorization }, 400, { 'x-echo': 'Zyskowski' }),
  );
  const client = new VitableConnect({ apiKey: 'vit_apk_hidden', baseURL, defaultHeaders: { 'x-own': 'hidden' } });
  const error = await failure(client.groups.members.sync.submit('g', { members: [member('EMP-1')] }));
  for (const shown of [inspect(client, { depth: 9, showHidden: false }), inspect(error), String(error), JSON.stringify(error), JSON.stringify(client)]) {
    assert.equal(/hidden|Zyskowski|1990-05-15/.test(shown), false, shown);
  }
  assert.equal(error.error.detail.members[0].last_name, 'Zyskowski');
});
