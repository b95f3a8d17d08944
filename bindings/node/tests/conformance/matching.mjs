// Named values, and whether what came is what was expected.

import { isDeepStrictEqual } from 'node:util';

export class Mismatch extends Error {}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Puts values in the places of `${name}`, and rows in those of `$member`. */
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

/** Compares, and captures; throws at the first difference. */
export function check(expected, actual, place, values) {
  if (isObject(expected)) {
    const rules = Object.keys(expected).filter((name) => name.startsWith('$'));
    for (const rule of rules) apply(rule, expected[rule], actual, place, values);
    if (rules.length > 0) return;
    need(isObject(actual), expected, actual, place);
    for (const [name, item] of Object.entries(expected)) {
      check(item, Object.hasOwn(actual, name) ? actual[name] : undefined, `${place}.${name}`, values);
    }
  } else if (Array.isArray(expected)) {
    need(Array.isArray(actual) && actual.length === expected.length, expected, actual, place);
    for (const [index, item] of expected.entries()) check(item, actual[index], `${place}[${index}]`, values);
  } else {
    const filled = fill(expected, values);
    need(same(filled, actual), filled, actual, place);
  }
}

function need(fits, expected, actual, place) {
  if (!fits) throw new Mismatch(`${place}: ${shown(expected)} expected, ${shown(actual)} came`);
}

function same(expected, actual) {
  if (typeof expected === 'number' && typeof actual === 'number') return Math.abs(expected - actual) < 1e-9;
  return isDeepStrictEqual(expected, actual);
}

function apply(rule, argument, actual, place, values) {
  switch (rule) {
    case '$all':
      for (const one of argument) check(one, actual, place, values);
      return;
    case '$exact':
      if (isObject(argument) && isObject(actual)) {
        const extra = Object.keys(actual).filter((name) => !(name in argument));
        need(extra.length === 0, 'nothing else', extra, place);
      }
      check(argument, actual, place, values);
      return;
    case '$unordered':
      unordered(argument, actual, place, values);
      return;
    case '$capture':
      need(actual !== undefined, argument, actual, place);
      values[argument] = actual;
      return;
    default:
      need(fits(rule, argument, actual, values), { [rule]: argument }, actual, place);
  }
}

function fits(rule, argument, actual, values) {
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

/** A text's length is counted in characters. */
function length(value) {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function unordered(items, actual, place, values) {
  need(Array.isArray(actual) && actual.length === items.length, items, actual, place);
  const left = [...actual];
  for (const item of items) {
    const index = left.findIndex((there) => isFit(item, there, place, { ...values }));
    if (index < 0) throw new Mismatch(`${place}: nothing that fits ${shown(item)}`);
    check(item, left[index], place, values);
    left.splice(index, 1);
  }
}

function isFit(item, there, place, values) {
  try {
    check(item, there, place, values);
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
