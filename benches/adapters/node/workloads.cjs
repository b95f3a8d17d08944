// `node workloads.cjs CLIENT WORKLOAD URL UNITS`, in a folder with the packages: runs one workload
// and prints one line of JSON.

const { readFileSync, writeFileSync } = require('node:fs');
const { clients } = require('./clients.cjs');

const MEMBERS = 10_000;

function memory(which) {
  try {
    const line = readFileSync('/proc/self/status', 'utf8').match(new RegExp(`^${which}:\\s+(\\d+)`, 'm'));
    return line ? Number(line[1]) : 0;
  } catch {
    return 0;
  }
}

function start() {
  try {
    // Resets the peak memory.
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
  return { memory: memory('VmRSS'), wall: process.hrtime.bigint(), cpu: process.cpuUsage() };
}

function end(section, units, check) {
  const cpu = process.cpuUsage(section.cpu);
  const wall = process.hrtime.bigint() - section.wall;
  const line = {
    cpu_us: cpu.user + cpu.system,
    wall_us: Number(wall) / 1000,
    growth_kb: memory('VmHWM') - section.memory,
    units,
    check,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function roster() {
  return Array.from({ length: MEMBERS }, (_, n) => ({
    reference_id: `EMP-${String(n).padStart(6, '0')}`,
    first_name: 'Jane',
    last_name: 'Doe',
    date_of_birth: '1990-05-15',
    phone: '4155550100',
    email: 'jane.doe@example.com',
    plan_id: 'pln_C506ZkHHTlKfgy16G-tTJQ',
    address: {
      address_line_1: '123 Main Street',
      city: 'San Francisco',
      state: 'CA',
      zipcode: '94102',
    },
  }));
}

async function inFlight(width, count, call) {
  let left = count;
  const some = async () => {
    let total = 0;
    while (left > 0) {
      left -= 1;
      total += await call();
    }
    return total;
  };
  const totals = await Promise.all(Array.from({ length: width }, some));
  return totals.reduce((sum, total) => sum + total, 0);
}

async function main() {
  const [name, workload, url, unitsText] = process.argv.slice(2);
  const units = Number(unitsText);
  const client = clients[name](url);
  const members = workload === 'W5' ? roster() : [];
  const [kind, prefetch] = workload.split('-');

  const work = async (count) => {
    if (kind === 'W3') return inFlight(64, count, () => client.retrieve());
    if (kind === 'W4') return client.all(Number(prefetch ?? 0));
    const call = { W1: () => client.retrieve(), W2: () => client.page(1), W5: () => client.submit(members) }[kind];
    let total = 0;
    for (let n = 0; n < count; n++) total += await call();
    return total;
  };

  await client.retrieve();
  // V8 compiles hot code; a few hundred calls are enough.
  const warmUp = kind === 'W4' || kind === 'W5' ? 0 : Math.min(Math.floor(units / 10), 200);
  if (warmUp > 0) await work(warmUp);
  const section = start();
  end(section, units, await work(units));
  process.exit(0);
}

main();
