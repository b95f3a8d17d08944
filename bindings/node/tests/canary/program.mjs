// Runs every operation against every failing server, and prints the errors in every way programs do.
// `node program.mjs everything LEVEL|-`, `node program.mjs unhandled FAILURE`,
// `node program.mjs crash thrown|aborted`, `node program.mjs control`

import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import VitableConnect from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';
import { canariesIn, HEADER, KEY, MEMBER, TOKEN } from './canaries.mjs';
import { failingServers, operations } from './failures.mjs';

const { TEST_SETTINGS } = createRequire(import.meta.url)('../../node_modules/vitable-groups/dist/cjs/core/config.js');
const [mode, argument] = process.argv.slice(2);
const { urls, received, stop } = await failingServers();
const kinds = new Set();

const clientAt = (baseURL, options = {}) =>
  new VitableConnect({
    apiKey: KEY,
    baseURL,
    // Short only where the timeout is the failure.
    timeout: baseURL === urls['no response'] ? 60 : 60_000,
    maxRetries: 1,
    defaultHeaders: { 'x-own': HEADER },
    defaultQuery: { phone: MEMBER.phone },
    http: { ignoreEnvironmentProxy: true },
    [TEST_SETTINGS]: { retry_base_delay_ms: 1 },
    ...options,
  });

/** Prints a value in every way, to both streams. */
function print(value) {
  if (typeof value?.kind === 'string') kinds.add(value.kind);
  console.log(value);
  console.error(value);
  console.log('%s %o %j', value, value, value);
  console.log(String(value), `${value}`, JSON.stringify(value), value?.stack, value?.message);
  console.log(inspect(value, { depth: 20 }), inspect(value, { depth: 20, getters: true }));
  console.log(Object.entries(value ?? {}), { ...value });
  for (let cause = value?.cause; cause !== undefined; cause = cause.cause) console.log(cause, String(cause));
}

async function failure(start) {
  try {
    await start();
  } catch (error) {
    return error;
  }
  // A lenient client accepts some of the responses; their data belongs to the caller.
  return undefined;
}

async function everything(level) {
  const options = level === '-' ? {} : { logLevel: level };
  let failures = 0;
  const runAll = async (client, more) => {
    const errors = await Promise.all(Object.values(operations(client, more)).map(failure));
    for (const error of errors.filter(Boolean)) {
      failures += 1;
      print(error);
    }
    print(client);
    client.close();
  };
  const runs = Object.values(urls).map(async (baseURL) => {
    await runAll(clientAt(baseURL, options));
    await runAll(clientAt(baseURL, { ...options, fetch, maxRetries: 0 }));
  });
  await Promise.all(runs);
  await runAll(clientAt(urls['status 401'], { ...options, apiKey: undefined, tokenProvider: async () => TOKEN }));
  const aborted = AbortSignal.abort(new Error('aborted by the caller'));
  await runAll(clientAt(urls['status 400'], options), { signal: aborted });
  await misuse(clientAt(urls['status 400'], options));
  rosters();
  console.log(`failures: ${failures}`);
  console.log(`kinds: ${[...kinds].sort().join(' ')}`);
  console.log(`canaries sent: ${canariesIn(received()).length}`);
}

/** Passes invalid arguments. */
async function misuse(client) {
  const circular = { ...MEMBER };
  circular.self = circular;
  const { groups } = client;
  const calls = [
    () => groups.retrieve(MEMBER),
    () => groups.members.sync.submit('grp_1', { members: [circular] }),
    () => groups.members.sync.submit('grp_1', { members: [{ ...MEMBER, big: 1n }] }),
    () => groups.members.sync.submit('grp_1', { members: (async function* () { yield MEMBER; })() }),
    () => groups.list({}, { query: { member: MEMBER } }),
    () => groups.list({}, { headers: { 'x-bad': `${HEADER}\nx-evil: ${KEY}` } }),
    () => groups.list({}, { timeout: MEMBER.phone }),
    () => client.get(`https://user:${KEY}@elsewhere.example/${MEMBER.email}`),
    () => { client.apiKey = `${KEY}\n`; },
    () => new VitableConnect({ apiKey: `${KEY}\0` }),
    () => new VitableConnect({ apiKey: KEY, baseURL: `https://user:${KEY}@example.com` }),
    () => apply(Roster.fromMembers([{ ...MEMBER, first_name: '' }])),
    () => apply(Roster.fromMembers([])),
    () => apply(valid),
    () => apply(valid, { previous: valid, firstSync: true }),
    () => apply(valid, { previous: Roster.fromMembers([{ ...MEMBER, first_name: '' }]) }),
    () => apply(Roster.fromMembers([{ ...MEMBER, reference_id: 'E-2' }]), { previous: valid }),
    () => apply(valid, { previous: valid, firstSync: MEMBER.email }),
    () => apply(valid, { previous: valid, maxRemovals: MEMBER.email }),
    () => valid.outcome(null, valid),
    () => valid.outcome(MEMBER.email, { previous: valid }),
    () => tokenless.groups.create({ external_reference_id: MEMBER.email, name: MEMBER.first_name }),
    () => closed.groups.members.sync.submit('grp_1', { members: [MEMBER] }),
    () => stalled.groups.members.sync.submit('grp_1', { members: [MEMBER] }, { deadline: 60 }),
  ];
  const valid = Roster.fromMembers([MEMBER]);
  const apply = (roster, options) => groups.members.sync.apply('grp_1', roster, options);
  const tokenless = new VitableConnect({ baseURL: urls['status 400'], tokenProvider: async () => { throw new Error('the vault is closed'); } });
  const closed = clientAt(urls['status 400']);
  const stalled = clientAt(urls['no response'], { timeout: 60_000 });
  closed.close();
  for (const call of calls) print(await failure(async () => call()));
}

/** Prints reports and errors of rosters with errors in every row. */
function rosters() {
  const bad = { ...MEMBER, date_of_birth: `${MEMBER.date_of_birth}x`, phone: `${MEMBER.phone}7`, email: `${MEMBER.email}@`, address: { ...MEMBER.address, zipcode: '999771' } };
  const roster = Roster.fromMembers([bad, bad]);
  for (const value of [roster, roster.check(), roster.report, roster.diff(Roster.fromMembers([MEMBER])), roster.outcome(null, { firstSync: true })]) print(value);
  print(Roster.fromMembers([{ ...MEMBER, reference_id: 'E-2' }]).diff(Roster.fromMembers([MEMBER])));
  const { roster: _normalized, ...report } = roster.normalize({ trim: true, phone: true, state: true, zip: true, dates: ['mm/dd/yyyy'] });
  print(report);
  const header = 'reference_id,first_name,last_name,date_of_birth,email\n';
  const row = `${MEMBER.reference_id},${MEMBER.first_name},${MEMBER.last_name},${MEMBER.date_of_birth},${MEMBER.email}`;
  for (const text of [row, `${header}"${row}`, `${header}${row},${row}`, JSON.stringify([MEMBER]).slice(0, -5), `{"members": "${MEMBER.email}"}`, JSON.stringify(MEMBER.email)]) {
    try {
      print(Roster.readText(text).check());
    } catch (error) {
      print(error);
    }
  }
}

if (mode === 'everything') {
  await everything(argument);
  stop();
} else if (mode === 'unhandled') {
  // The rejection is unhandled: Node prints the error and exits.
  const submit = operations(clientAt(urls[argument], { maxRetries: 0 }))['groups.members.sync.submit'];
  // The body of a response is parsed only once `then` is called.
  submit().then(stop);
} else if (mode === 'crash') {
  // The program crashes during a wait, with another call in flight.
  const waiting = clientAt(urls['a sync in progress'], { timeout: 60_000 });
  void operations(clientAt(urls['no response'], { timeout: 60_000 }))['groups.members.sync.submit']();
  const onProgress = () => {
    if (argument === 'aborted') process.abort();
    queueMicrotask(() => {
      throw new TypeError('thrown by the caller');
    });
  };
  await waiting.groups.members.sync.submitAndWait('grp_1', { members: [MEMBER] }, { onProgress });
} else {
  // Prints private values on purpose, so that the search has something to find.
  const client = clientAt(urls['status 400'], { maxRetries: 0 });
  const error = await failure(operations(client)['groups.members.sync.submit']);
  console.log(inspect(error.error, { depth: 20 }), TOKEN);
  console.error(Object.fromEntries(error.headers));
  console.error(client.apiKey);
  stop();
}
