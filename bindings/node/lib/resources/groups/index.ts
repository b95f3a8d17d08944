export * from './groups.js';
export * from './members/index.js';
