// Fills in named values, and compares results with what scenarios expect.

import { isDeepStrictEqual } from 'node:util';

export class Mismatch extends Error {}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Replaces `${name}` by values, and `$member` by rows. */
export function fill(value, values) {
  if (typeof value === 'string') {
    const whole = /^\$\{(\w+)\}$/.exec(value);
    if (whole) return named(whole[1], values);
    return value.replace(/\$\{(\w+)\}/g, (_, name) => String(named(name, values)));
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (!isObject(value)) return value;
  if ('$member' in value) {
    const { $member, ...changes } = value;
    return fill({ ...values.member, reference_id: $member, ...changes }, values);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, values)]));
}

function named(name, values) {
  if (!(name in values)) throw new Mismatch(`there is no value ${name}`);
  return values[name];
}

/** Compares values and captures some; throws at the first difference. */
export function check(expected, actual, path, values) {
  if (isObject(expected)) {
    const rules = Object.keys(expected).filter((name) => name.startsWith('$'));
    for (const rule of rules) apply(rule, expected[rule], actual, path, values);
    if (rules.length > 0) return;
    assertMatch(isObject(actual), expected, actual, path);
    for (const [name, item] of Object.entries(expected)) {
      check(item, Object.hasOwn(actual, name) ? actual[name] : undefined, `${path}.${name}`, values);
    }
  } else if (Array.isArray(expected)) {
    assertMatch(Array.isArray(actual) && actual.length === expected.length, expected, actual, path);
    for (const [index, item] of expected.entries()) check(item, actual[index], `${path}[${index}]`, values);
  } else {
    const filled = fill(expected, values);
    assertMatch(same(filled, actual), filled, actual, path);
  }
}

function assertMatch(isMatch, expected, actual, path) {
  if (!isMatch) throw new Mismatch(`${path}: expected ${shown(expected)}, got ${shown(actual)}`);
}

function same(expected, actual) {
  if (typeof expected === 'number' && typeof actual === 'number') return Math.abs(expected - actual) < 1e-9;
  return isDeepStrictEqual(expected, actual);
}

function apply(rule, argument, actual, path, values) {
  switch (rule) {
    case '$all':
      for (const one of argument) check(one, actual, path, values);
      return;
    case '$exact':
      if (isObject(argument) && isObject(actual)) {
        const extra = Object.keys(actual).filter((name) => !(name in argument));
        assertMatch(extra.length === 0, 'nothing else', extra, path);
      }
      check(argument, actual, path, values);
      return;
    case '$unordered':
      unordered(argument, actual, path, values);
      return;
    case '$capture':
      assertMatch(actual !== undefined, argument, actual, path);
      values[argument] = actual;
      return;
    default:
      assertMatch(satisfies(rule, argument, actual, values), { [rule]: argument }, actual, path);
  }
}

function satisfies(rule, argument, actual, values) {
  switch (rule) {
    case '$absent':
      return (actual === undefined) === argument;
    case '$present':
      return (actual !== undefined) === argument;
    case '$type':
      return argument === typeOf(actual) || (argument === 'number' && typeOf(actual) === 'integer');
    case '$regex':
      return typeof actual === 'string' && new RegExp(argument, 'u').test(actual);
    case '$contains':
      return contains(actual, fill(argument, values));
    case '$lacks':
      return actual !== undefined && !contains(actual, fill(argument, values));
    case '$length':
      return length(actual) === argument;
    case '$min':
      return typeof actual === 'number' && actual >= argument;
    case '$max':
      return typeof actual === 'number' && actual <= argument;
    default:
      throw new Mismatch(`there is no matcher ${rule}`);
  }
}

function contains(actual, part) {
  if (Array.isArray(actual)) return actual.some((item) => same(part, item));
  if (typeof actual === 'string') return actual.includes(part);
  return actual !== undefined && JSON.stringify(actual).includes(String(part));
}

/** The length of a string is counted in characters. */
function length(value) {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function unordered(items, actual, path, values) {
  assertMatch(Array.isArray(actual) && actual.length === items.length, items, actual, path);
  const left = [...actual];
  for (const item of items) {
    const index = left.findIndex((candidate) => matches(item, candidate, path, { ...values }));
    if (index < 0) throw new Mismatch(`${path}: nothing matches ${shown(item)}`);
    check(item, left[index], path, values);
    left.splice(index, 1);
  }
}

function matches(item, candidate, path, values) {
  try {
    check(item, candidate, path, values);
    return true;
  } catch (error) {
    if (error instanceof Mismatch) return false;
    throw error;
  }
}

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
