// What editors offer: completion and hover of tsserver, in a program that uses the installed package.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const workspace = process.env.WORKSPACE ?? join(import.meta.dirname, '../../..');
const require = createRequire(join(workspace, 'bindings/node/package.json'));
const file = join(import.meta.dirname, 'editor.ts');
const HEAD = "import VitableConnect from 'vitable-groups';\nconst client = new VitableConnect();\n";

/** A tsserver, by its commands. */
class Server {
  #process = spawn(process.execPath, [require.resolve('typescript/lib/tsserver.js'), '--disableAutomaticTypingAcquisition']);
  #waiting = new Map();
  #last = 0;

  constructor() {
    createInterface(this.#process.stdout).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const { type, request_seq, success, body, message } = JSON.parse(line);
      if (type === 'response') this.#waiting.get(request_seq)?.(success ? body : { message });
    });
  }

  send(command, args) {
    const seq = (this.#last += 1);
    this.#process.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  }

  call(command, args) {
    return new Promise((resolve) => this.#waiting.set(this.send(command, args), resolve));
  }

  stop() {
    this.#process.stdin.end();
    this.#process.kill();
  }
}

let server;
before(() => {
  server = new Server();
  const options = { target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', strict: true };
  server.send('compilerOptionsForInferredProjects', { options });
});
after(() => server.stop());

/** Opens a program; `|` in its last line is the position that is returned. */
function open(code) {
  const text = HEAD + code;
  const lines = text.slice(0, text.indexOf('|')).split('\n');
  server.send('open', { file, fileContent: text.replace('|', ''), scriptKindName: 'TS' });
  return { file, line: lines.length, offset: lines.at(-1).length + 1 };
}

const textOf = (parts = []) => parts.map(({ text }) => text).join('');

/** What is offered at a position, with its documentation. */
async function completions(code) {
  const position = open(code);
  const { entries } = await server.call('completionInfo', { ...position, includeExternalModuleExports: false });
  const names = entries.filter(({ kind }) => ['property', 'method', 'getter'].includes(kind)).map(({ name }) => name);
  const details = await server.call('completionEntryDetails', { ...position, entryNames: names });
  return Object.fromEntries(details.map(({ name, documentation }) => [name, textOf(documentation)]));
}

const MEMBER = ['address', 'date_of_birth', 'email', 'first_name', 'last_name', 'phone', 'plan_id', 'reference_id'];
const ADDRESS = ['address_line_1', 'address_line_2', 'city', 'state', 'zipcode'];
const SYNC = ['accepted_at', 'completed_at', 'group_id', 'request_id', 'results'];

/** All that is offered, by position. */
const COMPLETIONS = {
  'client.groups.|': ['create', 'findByExternalReferenceId', 'getOrCreate', 'list', 'members', 'retrieve', 'update'],
  'client.groups.members.|': ['sync'],
  'client.groups.members.sync.|': ['apply', 'retrieve', 'submit', 'submitAndWait', 'wait'],
  'client.plans.|': ['list'],
  'client.groups.create({ | });': ['external_reference_id', 'name'],
  "client.groups.update('grp_1', { | });": ['external_reference_id', 'name'],
  'client.groups.list({ | });': ['limit', 'page'],
  'client.plans.list({ | });': ['limit', 'page'],
  "client.groups.members.sync.retrieve('grpmsr_1', { | });": ['group_id'],
  "client.groups.members.sync.submit('grp_1', { | });": ['members'],
  "client.groups.members.sync.submit('grp_1', { members: [{ | }] });": MEMBER,
  "client.groups.members.sync.submit('grp_1', { members: [{ address: { | } }] });": ADDRESS,
  "(await client.groups.retrieve('grp_1')).data.|": ['created_at', 'external_reference_id', 'id', 'name', 'organization_id', 'updated_at'],
  "(await client.groups.members.sync.retrieve('r', { group_id: 'g' })).data.|": SYNC,
  "(await client.groups.members.sync.retrieve('r', { group_id: 'g' })).data.results!.failures[0]!.|": ['operation', 'reason', 'reference_id'],
};

for (const [code, expected] of Object.entries(COMPLETIONS)) {
  test(`completion at ${code}`, async () => {
    const offered = await completions(code);
    assert.deepEqual(Object.keys(offered).sort(), expected);
    for (const [name, documentation] of Object.entries(offered)) assert.notEqual(documentation, '', name);
  });
}

test('completion at client.| has the resources and the options', async () => {
  const offered = await completions('client.|');
  for (const name of ['groups', 'plans', 'get', 'withOptions', 'baseURL']) assert.ok(offered[name], name);
});

test('completion of a value of an enumeration', async () => {
  const position = open("const { failures } = (await client.groups.members.sync.wait('r', { group_id: 'g' })).data.results!;\nif (failures[0]!.operation === '|') {}");
  const { entries } = await server.call('completionInfo', position);
  assert.deepEqual(entries.map(({ name }) => name).sort(), ['add', 'remove']);
});

/** The declaration that is shown, by position. */
const HOVERS = {
  "client.groups.cre|ate({ external_reference_id: 'r', name: 'n' });": '(method) Groups.create(body: GroupCreateParams, options?: RequestOptions): APIPromise<GroupResponse>',
  "client.groups.ret|rieve('grp_1');": '(method) Groups.retrieve(groupID: string, options?: RequestOptions): APIPromise<GroupResponse>',
  'client.groups.li|st();': '(method) Groups.list(query?: GroupListParams | null | undefined, options?: RequestOptions): PagePromise<GroupsPageNumberPage, Group>',
  "client.groups.members.sync.sub|mit('g', { members: [] });": '(method) Sync.submit(groupID: string, body: SyncSubmitParams, options?: RequestOptions): APIPromise<SyncSubmitResponse>',
};

/** A declaration without the namespaces in which the types are exported. */
const plain = (text) => text.replace(/VitableConnect\.(\w+\.)*/g, '');

for (const [code, expected] of Object.entries(HOVERS)) {
  test(`hover at ${code}`, async () => {
    const { displayString, documentation, tags } = await server.call('quickinfo', open(code));
    assert.equal(plain(displayString), expected);
    assert.ok(documentation.length > 10, documentation);
    assert.ok(tags.some(({ name, text }) => name === 'example' && text.includes('client.')), 'an example');
  });
}

test('hover at a helper', async () => {
  const { displayString, documentation } = await server.call('quickinfo', open("client.groups.getOr|Create({ external_reference_id: 'r', name: 'n' });"));
  assert.match(plain(displayString), /getOrCreate\(body: GroupCreateParams, options\?: RequestOptions/);
  assert.match(documentation, /or creates it/);
});

test('hover at a field', async () => {
  const { displayString, documentation } = await server.call('quickinfo', open("client.groups.create({ external_ref|erence_id: 'r', name: 'n' });"));
  assert.equal(displayString, '(property) GroupCreateParams.external_reference_id: string');
  assert.match(documentation, /identifier of the group/);
});
