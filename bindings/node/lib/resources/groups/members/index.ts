export * from './members.js';
export * from './sync.js';
