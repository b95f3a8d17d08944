import assert from 'node:assert/strict';
import { test } from 'node:test';
import VitableConnect, { APIResponseValidationError, PageNumberPage, PagePromise, VitableConnectError } from 'vitable-groups';
import { failure, json, sandboxFor, serverFor, until } from './helpers.mjs';

async function seeded(t, count) {
  const sandbox = await sandboxFor(t);
  sandbox.seed({ many_groups: { count, prefix: 'g' } });
  sandbox.clearRequests();
  return sandbox;
}

async function collect(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

test('getNextPage pages through a list', async (t) => {
  const sandbox = await seeded(t, 5);
  const first = await sandbox.client().groups.list({ limit: 2 });
  assert.ok(first instanceof PageNumberPage);
  assert.equal(first.getPaginatedItems(), first.data);
  assert.deepEqual(first.pagination, { page: 1, limit: 2, total: 5, total_pages: 3 });
  assert.equal(first.hasNextPage(), true);
  const options = first.nextPageRequestOptions();
  assert.deepEqual([options.method, options.path, options.query], ['get', '/v1/groups', { limit: 2, page: 2 }]);
  const third = await (await first.getNextPage()).getNextPage();
  assert.equal(third.data.length, 1);
  assert.equal(third.hasNextPage(), false);
  assert.equal(third.nextPageRequestOptions(), null);
  assert.ok((await failure(third.getNextPage())) instanceof VitableConnectError);
});

test('for await over a call, a page and pages', async (t) => {
  const sandbox = await seeded(t, 5);
  const { groups } = sandbox.client();
  const call = groups.list({ limit: 2 });
  assert.ok(call instanceof PagePromise);
  assert.equal((await collect(call)).length, 5);
  assert.equal(sandbox.requests().length, 3);
  assert.equal((await collect(await groups.list({ limit: 2, page: 2 }))).length, 3);
  const sizes = [];
  for await (const page of (await groups.list({ limit: 2 })).iterPages()) sizes.push(page.data.length);
  assert.deepEqual(sizes, [2, 2, 1]);
});

test('pages are fetched lazily', async (t) => {
  const sandbox = await seeded(t, 5);
  for await (const group of sandbox.client().groups.list({ limit: 2 })) {
    assert.ok(group.id);
    break;
  }
  assert.equal(sandbox.requests().length, 1);
});

test('a list ends by its metadata or at an empty page', async (t) => {
  const vectors = [
    [[[1, 3, 2], [2, 3, 2], [3, 3, 1]], 3],
    [[[1, 3, 2], [2, 3, 0]], 2],
    [[[1, 1, 1]], 1],
  ];
  for (const [pages, expected] of vectors) {
    const { baseURL, requests } = await serverFor(t, (_request, response, count) => {
      const [page, total_pages, items] = pages[count - 1];
      const data = Array.from({ length: items }, (_, index) => ({ id: `${page}-${index}` }));
      json(response, { data, pagination: { page, total_pages } });
    });
    await collect(new VitableConnect({ apiKey: 'k', baseURL }).groups.list({ limit: 2 }));
    assert.equal(requests.length, expected);
  }
});

test('missing pagination is empty', async (t) => {
  const { baseURL } = await serverFor(t, (_request, response) => json(response, { data: [] }));
  const page = await new VitableConnect({ apiKey: 'k', baseURL }).groups.list();
  assert.deepEqual([page.data, page.pagination, page.hasNextPage()], [[], {}, false]);
});

test('a body without a list is not an empty page', async (t) => {
  for (const body of [{}, { message: 'maintenance' }, { data: null }, { data: {} }, [], null]) {
    const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, body));
    const client = new VitableConnect({ apiKey: 'k', baseURL });
    for (const call of [
      () => client.groups.list(),
      () => collect(client.groups.list()),
      () => client.groups.findByExternalReferenceId('t1'),
      () => client.groups.getOrCreate({ external_reference_id: 't1', name: 'A' }),
      () => client.getAPIList('/v1/groups', PageNumberPage),
      // A group without fields is still a group.
      ...(body?.data ? [] : [() => client.groups.retrieve('g')]),
    ]) {
      assert.ok((await failure(call())) instanceof APIResponseValidationError, JSON.stringify(body));
    }
    assert.ok(requests.every(({ method }) => method === 'GET'));
  }
});

test('a later page without a list is not the end', async (t) => {
  const { baseURL } = await serverFor(t, (_request, response, count) =>
    json(response, count === 1 ? { data: [{ id: 'a' }], pagination: { page: 1, total_pages: 3 } } : { data: null }),
  );
  const error = await failure(collect(new VitableConnect({ apiKey: 'k', baseURL }).groups.list()));
  assert.ok(error instanceof APIResponseValidationError);
});

test('the options apply to every page', async (t) => {
  const sandbox = await seeded(t, 3);
  await collect(sandbox.client().groups.list({ limit: 2 }, { headers: { 'x-job': 'j' }, query: { limit: 1, tag: 'z' } }));
  assert.deepEqual(
    sandbox.requests().map(({ query, headers }) => [query, headers.find(([name]) => name === 'x-job')?.[1]]),
    [['limit=1&tag=z', 'j'], ['limit=1&tag=z&page=2', 'j'], ['limit=1&tag=z&page=3', 'j']],
  );
});

test('prefetch fetches concurrently and yields in order', async (t) => {
  const sandbox = await seeded(t, 50);
  sandbox.fault({ operation: 'groups.list', skip: 1, times: 4, hang: 'before' });
  const names = collect(sandbox.client().groups.list({ limit: 5 }, { prefetch: 4 }));
  await until(() => sandbox.requests().length === 5);
  sandbox.release();
  const groups = await names;
  assert.deepEqual(groups.map(({ external_reference_id }) => external_reference_id),
    [...groups].map(({ external_reference_id }) => external_reference_id).sort());
  assert.equal(groups.length, 50);
  assert.equal(sandbox.requests().length, 10);
});

test('leaving a prefetching loop cancels the requests', async (t) => {
  const sandbox = await seeded(t, 50);
  sandbox.fault({ operation: 'groups.list', skip: 2, times: null, hang: 'before' });
  let pages = 0;
  for await (const page of (await sandbox.client().groups.list({ limit: 5 }, { prefetch: 3 })).iterPages()) {
    pages += page.data.length / 5;
    if (pages === 2) {
      await until(() => sandbox.requests().length >= 4);
      break;
    }
  }
  await until(() => sandbox.requests().slice(2).every(({ aborted }) => aborted));
  assert.equal(pages, 2);
});

test('an error names the page, and the pages before it are yielded', async (t) => {
  const { baseURL } = await serverFor(t, (request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? 1);
    if (page === 3) return json(response, { message: 'no' }, 400);
    json(response, { data: [{ id: `a${page}` }, { id: `b${page}` }], pagination: { page, total_pages: 5 } });
  });
  const { groups } = new VitableConnect({ apiKey: 'k', baseURL });
  const seen = [];
  const error = await failure((async () => {
    for await (const group of groups.list({ limit: 2 }, { prefetch: 2 })) seen.push(group);
  })());
  assert.equal(error.page, 3);
  assert.equal(seen.length, 4);
});

test('a deadline covers all pages together', async (t) => {
  const sandbox = await seeded(t, 9);
  sandbox.fault({ operation: 'groups.list', skip: 2, hang: 'before', times: null });
  const error = await failure(collect(sandbox.client().groups.list({ limit: 2 }, { deadline: 200 })));
  assert.equal(error.name, 'DeadlineExceededError');
  assert.equal(error.page, 3);
});

for (const [name, follow] of Object.entries({
  items: collect,
  pages: (page) => collect(page.iterPages()),
  'the next page': (page) => page.getNextPage(),
})) {
  test(`the deadline starts with the first page: ${name}`, async (t) => {
    const sandbox = await seeded(t, 4);
    const assertDeadline = async (client, options, list = () => client.groups.list({ limit: 2 }, options)) => {
      sandbox.clearRequests();
      sandbox.fault({ operation: 'groups.list', delay_ms: 200 });
      // A deadline that started with this page would allow this delay.
      sandbox.fault({ operation: 'groups.list', status: 503, headers: { 'retry-after-ms': '9900' } });
      const error = await failure(follow(await list()));
      assert.equal(error.name, 'DeadlineExceededError');
      assert.match(error.detail, /deadline of 10 s/);
      assert.deepEqual([error.page, sandbox.requests().length], [2, 2]);
    };
    await assertDeadline(sandbox.client(), { deadline: 10_000 });
    await assertDeadline(sandbox.client({ deadline: 10_000 }), { prefetch: 3 });
    const client = sandbox.client();
    const options = { query: { limit: 2 }, deadline: 10_000 };
    await assertDeadline(client, options, () => client.getAPIList('/v1/groups', PageNumberPage, options));
    class WithDeadline extends VitableConnect {
      async prepareOptions(options) {
        options.deadline = 10_000;
      }
    }
    await assertDeadline(new WithDeadline({ apiKey: 'key', baseURL: client.baseURL }));
  });
}

test('getAPIList lists the path of an operation', async (t) => {
  const sandbox = await seeded(t, 3);
  const list = sandbox.client().getAPIList('/v1/groups', PageNumberPage, { query: { limit: 2 } });
  assert.equal((await collect(list)).length, 3);
});

test('pages can be cloned', async (t) => {
  const sandbox = await seeded(t, 3);
  const copy = structuredClone(await sandbox.client().groups.list());
  assert.equal(copy.data.length, 3);
});

test('getAPIList lists other paths with the options of the first call', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response, count) =>
    json(response, { data: [{ id: `x${count}` }], pagination: { page: count + 4, total_pages: 7 } }),
  );
  const client = new VitableConnect({ apiKey: 'k', baseURL, defaultQuery: { zone: 'a' } });
  const options = { query: { page: 5, tag: 'z', zone: undefined }, headers: { 'x-job': 'j' }, prefetch: 2 };
  assert.equal((await collect(client.getAPIList('/v9/things', PageNumberPage, options))).length, 3);
  const sent = requests.map(({ url, headers }) => [new URL(url, baseURL).searchParams, headers['x-job']]);
  assert.deepEqual(sent.map(([query]) => query.get('page')).sort(), ['5', '6', '7']);
  for (const [query, job] of sent) assert.deepEqual([query.get('tag'), query.get('zone'), job], ['z', null, 'j']);
});

test('an item that moved to the next page is yielded once, one without an id always', async (t) => {
  const pages = [[{ id: 'a' }, { id: 'b' }, {}], [{ id: 'c' }, { id: 'b' }, {}]];
  const { baseURL } = await serverFor(t, (_request, response, count) =>
    json(response, { data: pages[count - 1], pagination: { page: count, total_pages: 2 } }),
  );
  const items = await collect(new VitableConnect({ apiKey: 'k', baseURL }).groups.list());
  assert.deepEqual(items.map(({ id }) => id), ['a', 'b', undefined, 'c', undefined]);
});

test('a signal ends iteration while a page is in flight', async (t) => {
  const sandbox = await seeded(t, 9);
  sandbox.fault({ operation: 'groups.list', skip: 1, hang: 'before', times: null });
  const controller = new AbortController();
  const all = failure(collect(sandbox.client().groups.list({ limit: 2 }, { signal: controller.signal })));
  await until(() => sandbox.requests().length === 2);
  controller.abort();
  assert.equal((await all).name, 'APIUserAbortError');
  await until(() => sandbox.requests()[1].aborted);
});

test('pages after the first go through `fetch` with their options', async (t) => {
  const sandbox = await seeded(t, 5);
  const marks = [];
  const fetch = (url, { mark, ...init }) => {
    marks.push(mark);
    return globalThis.fetch(url, init);
  };
  const list = sandbox.client({ fetch }).groups.list({ limit: 2 }, { fetchOptions: { mark: 'm' } });
  assert.equal((await collect(list)).length, 5);
  assert.deepEqual(marks, ['m', 'm', 'm']);
});
