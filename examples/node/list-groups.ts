// Lists all groups within 30 seconds, fetching eight pages concurrently.

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
    console.warn(`deadline exceeded after ${groups.length} groups`);
  }
  for (const { id, name, created_at } of groups) console.log(id, name, created_at ?? 'unknown');
}

void main();
