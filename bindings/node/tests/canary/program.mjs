// Meets every failure with every operation, and prints everything that a program may print of it.
// `node program.mjs everything LEVEL|-`, `node program.mjs unhandled FAILURE`,
// `node program.mjs crash thrown|aborted`, `node program.mjs control`

import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import VitableConnect from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';
import { canariesIn, HEADER, KEY, MEMBER, TOKEN } from './canaries.mjs';
import { failingServers, operations } from './failures.mjs';

const { TUNED } = createRequire(import.meta.url)('../../node_modules/vitable-groups/dist/cjs/core/config.js');
const [mode, argument] = process.argv.slice(2);
const { addresses, received, stop } = await failingServers();
const kinds = new Set();

const clientAt = (baseURL, options = {}) =>
  new VitableConnect({
    apiKey: KEY,
    baseURL,
    // Short only where it is what goes wrong.
    timeout: baseURL === addresses['no answer'] ? 60 : 60_000,
    maxRetries: 1,
    defaultHeaders: { 'x-own': HEADER },
    defaultQuery: { phone: MEMBER.phone },
    http: { ignoreEnvironmentProxy: true },
    [TUNED]: { retry_base_delay_ms: 1 },
    ...options,
  });

/** What programs print of a value, on both channels. */
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
  // What a lenient client takes for a success is the caller's own.
  return undefined;
}

async function everything(level) {
  const options = level === '-' ? {} : { logLevel: level };
  let failures = 0;
  const meet = async (client, more) => {
    const met = await Promise.all(Object.values(operations(client, more)).map(failure));
    for (const error of met.filter(Boolean)) {
      failures += 1;
      print(error);
    }
    print(client);
    client.close();
  };
  const met = Object.values(addresses).map(async (baseURL) => {
    await meet(clientAt(baseURL, options));
    await meet(clientAt(baseURL, { ...options, fetch, maxRetries: 0 }));
  });
  await Promise.all(met);
  await meet(clientAt(addresses['status 401'], { ...options, apiKey: undefined, tokenProvider: async () => TOKEN }));
  const aborted = AbortSignal.abort(new Error('given up'));
  await meet(clientAt(addresses['status 400'], options), { signal: aborted });
  await misuse(clientAt(addresses['status 400'], options));
  rosters();
  console.log(`failures: ${failures}`);
  console.log(`kinds: ${[...kinds].sort().join(' ')}`);
  console.log(`canaries that were sent: ${canariesIn(received()).length}`);
}

/** Arguments that cannot be sent. */
async function misuse(client) {
  const circular = { ...MEMBER };
  circular.self = circular;
  const { groups } = client;
  const wrong = [
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
    () => refused(Roster.fromMembers([{ ...MEMBER, first_name: '' }])),
    () => refused(Roster.fromMembers([])),
    () => vaultless.groups.create({ external_reference_id: MEMBER.email, name: MEMBER.first_name }),
    () => closed.groups.members.sync.submit('grp_1', { members: [MEMBER] }),
    () => shut.groups.members.sync.submit('grp_1', { members: [MEMBER] }, { deadline: 60 }),
  ];
  const refused = (roster) => groups.members.sync.apply('grp_1', roster);
  const vaultless = new VitableConnect({ baseURL: addresses['status 400'], tokenProvider: async () => { throw new Error('the vault is shut'); } });
  const [closed, shut] = [clientAt(addresses['status 400']), clientAt(addresses['no answer'], { timeout: 60_000 })];
  closed.close();
  for (const start of wrong) print(await failure(async () => start()));
}

/** Rosters with errors in every row: reports, refusals, unreadable files. */
function rosters() {
  const bad = { ...MEMBER, date_of_birth: `${MEMBER.date_of_birth}x`, phone: `${MEMBER.phone}7`, email: `${MEMBER.email}@`, address: { ...MEMBER.address, zipcode: '999771' } };
  const roster = Roster.fromMembers([bad, bad]);
  for (const value of [roster, roster.check(), roster.report, roster.diff(Roster.fromMembers([MEMBER]))]) print(value);
  const { roster: _tidy, ...report } = roster.normalize({ trim: true, phone: true, state: true, zip: true, dates: ['mm/dd/yyyy'] });
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
  // Nobody awaits it: the process ends with what Node prints of the error.
  const start = operations(clientAt(addresses[argument], { maxRetries: 0 }))['groups.members.sync.submit'];
  // An answer is parsed when it is asked for.
  start().then(stop);
} else if (mode === 'crash') {
  // The caller's own fault in the middle of a wait, with other calls under way.
  const waiting = clientAt(addresses['a wait that goes on'], { timeout: 60_000 });
  void operations(clientAt(addresses['no answer'], { timeout: 60_000 }))['groups.members.sync.submit']();
  const onProgress = () => {
    if (argument === 'aborted') process.abort();
    queueMicrotask(() => {
      throw new TypeError("the caller's own fault");
    });
  };
  await waiting.groups.members.sync.submitAndWait('grp_1', { members: [MEMBER] }, { onProgress });
} else {
  // What leaks if a program, or this package, printed it.
  const client = clientAt(addresses['status 400'], { maxRetries: 0 });
  const error = await failure(operations(client)['groups.members.sync.submit']);
  console.log(inspect(error.error, { depth: 20 }), TOKEN);
  console.error(Object.fromEntries(error.headers));
  console.error(client.apiKey);
  stop();
}
