// Makes SOAK_CALLS calls; scripts/soak.py monitors the process.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The package that is installed in the project SOAK_PACKAGE.
const project = createRequire(pathToFileURL(`${process.env.SOAK_PACKAGE}/`));
const { NotFoundError, VitableConnect } = project('vitable-groups');

const row = {
  reference_id: 'E-1',
  first_name: 'Ann',
  last_name: 'Lee',
  date_of_birth: '1990-05-15',
  plan_id: 'pln_Wgx_PobRSymT_ki30sYaBQ',
  address: {
    address_line_1: '1 Main Street',
    city: 'Springfield',
    state: 'IL',
    zipcode: '62701',
  },
};
const group = process.env.SOAK_GROUP;
const client = new VitableConnect();

for (let number = 0; number < Number(process.env.SOAK_CALLS); number += 1) {
  const kind = number % 100;
  if (kind === 0) {
    await client.groups.members.sync.submit(group, { members: [row] });
  } else if (kind === 1) {
    const error = await client.groups.retrieve('grp_none').catch((caught) => caught);
    if (!(error instanceof NotFoundError)) throw error;
  } else if (kind === 2) {
    await client.withOptions({ timeout: 30_000 }).plans.list();
  } else if (kind < 20) {
    for await (const _ of client.groups.list());
  } else {
    await client.groups.retrieve(group);
  }
}
