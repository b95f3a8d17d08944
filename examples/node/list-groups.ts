// Lists all groups, eight pages at the same time, within half a minute.

import VitableConnect, { DeadlineExceededError } from 'vitable-groups';

const client = new VitableConnect({ maxRetries: 4 }); // VITABLE_CONNECT_API_KEY

async function main(): Promise<void> {
  const groups: VitableConnect.Group[] = [];
  try {
    for await (const group of client.groups.list({ limit: 100 }, { prefetch: 8, deadline: 30_000 })) {
      groups.push(group);
    }
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw error;
    console.warn(`only ${groups.length} groups came in time`);
  }
  for (const { id, name, created_at } of groups) console.log(id, name, created_at ?? 'some time ago');
}

void main();
