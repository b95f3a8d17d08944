export * from './groups/index.js';
export * from './plans.js';
