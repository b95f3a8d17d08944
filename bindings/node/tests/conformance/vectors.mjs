// Test vectors of decisions without I/O, for the functions that this package exposes.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import VitableConnect, { InvalidArgumentError } from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';
import { addon, invoke, manifest } from '../operations.mjs';
import { check, fill } from './matchers.mjs';

const require = createRequire(import.meta.url);
const { createError } = require('../../node_modules/vitable-groups/dist/cjs/core/create-error.js');

/** The core's names of classes that are named as in the official client. */
const CORE_NAMES = { APIError: 'APIStatusError', APIConnectionTimeoutError: 'APITimeoutError' };
const className = (error) => CORE_NAMES[error.name] ?? error.name;
const kinds = manifest.error_kinds;

const FUNCTIONS = {
  next_page: ({ requested, items, page, total_pages }) => addon.nextPage({ requested, items, page, totalPages: total_pages }),

  roster_rules({ members, options: { today, plan_ids, max_rows } }) {
    const report = Roster.fromMembers(members).check({ today, planIDs: plan_ids, maxRows: max_rows });
    const severities = report.findings.map(({ rule, severity }) => [rule, severity]);
    return Object.fromEntries(severities.filter(([rule]) => rule in report.by_rule));
  },

  error_class({ kind }) {
    const known = kinds.find(({ code }) => code === kind);
    return { class: className(createError({ ...EMPTY_ERROR, kind, class: known.class, status: STATUSES[kind] ?? null })) };
  },

  async error_kind({ status }) {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseURL = `http://127.0.0.1:${server.address().port}`;
    const error = await thrown(new VitableConnect({ apiKey: 'vit_apk_vector', baseURL, maxRetries: 0 }).plans.list());
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    return { kind: error.kind, class: className(error) };
  },

  async path({ operation, params }, sandbox) {
    sandbox.reset();
    const client = new VitableConnect({ apiKey: 'vit_apk_vector', baseURL: sandbox.baseURL, maxRetries: 0 });
    const { path_params } = manifest.operations.find(({ name }) => name === operation);
    const given = Object.fromEntries(path_params.map((name, index) => [name, params[index]]));
    const error = await thrown(invoke(client, operation, given, { body: { members: [] } }));
    if (error instanceof InvalidArgumentError) return { error: error.kind };
    return { path: sandbox.requests()[0].path };
  },
};

const EMPTY_ERROR = {
  message: 'm', text: 't', operation: null, headers: [], body: null, code: null, trace_id: null,
  request_id: null, attempts: [], retry_after: null, outcome_unknown: false, transient: false,
  idempotency_key: null, handle: null, page: null, causes: [], details: null,
};
const STATUSES = {
  bad_request: 400, authentication: 401, permission_denied: 403, not_found: 404, conflict: 409,
  unprocessable_entity: 422, rate_limit: 429, internal_server: 500, status: 418,
};

async function thrown(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return undefined;
}

export const isExposed = (name) => name in FUNCTIONS;

export async function runVector(sandbox, namedValues, name, { input, output }) {
  const values = { ...namedValues };
  check(output, await FUNCTIONS[name](fill(input, values), sandbox), 'output', values);
}
