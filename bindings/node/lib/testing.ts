/**
 * `vitable-groups/testing`: a sandbox of the API for tests, on a port of its own, with faults.
 *
 * It runs in this process on a thread of its own, and never keeps the process alive.
 */

import { VitableConnect } from './client.js';
import type { ClientOptions } from './core/config.js';
import './core/dispose.js';
import { addon, type NativeSandbox } from './core/native.js';
import type { Member } from './resources/groups/members/sync.js';

/** The operations that faults can be set for. */
export type SandboxOperation =
  | '*'
  | 'groups.list'
  | 'groups.create'
  | 'groups.retrieve'
  | 'groups.update'
  | 'groups.members.sync.submit'
  | 'groups.members.sync.retrieve'
  | 'plans.list';

/** What a sandbox starts with. */
export interface SandboxOptions {
  /** The port; a free one by default. */
  port?: number;
  /** Keeps the data in a file. */
  db?: string;
  /** Accepts only these keys; any by default. */
  keys?: string[];
  /** How long a sync takes, in milliseconds; 0 by default. */
  syncDelay?: number | 'never';
  /** Data to start with. */
  seed?: SandboxSeed;
  /** The same ids in the same order on every run. */
  randomSeed?: number;
}

/** Data to add. */
export interface SandboxSeed {
  /** Organizations. */
  organizations?: { id: string; name?: string }[];
  /** Keys and whose they are. */
  keys?: { key: string; organization_id?: string; kind?: string }[];
  /** Plans. */
  plans?: { id?: string; name: string; organization_id?: string }[];
  /** Plans to take away. */
  remove_plans?: string[];
  /** Groups, with their rosters. */
  groups?: { id?: string; name: string; external_reference_id: string; members?: Member[] }[];
  /** Many groups at once. */
  many_groups?: { count: number; prefix?: string };
  /** People with a subscription under another organization. */
  persons?: { email: string; date_of_birth: string; organization_id?: string }[];
}

/** What goes wrong with requests. */
export interface Fault {
  /** For which requests; all by default. */
  operation?: SandboxOperation;
  /** How many requests it hits; 1 by default, `null` is all. */
  times?: number | null;
  /** How many matching requests pass first. */
  skip?: number;
  /** Waits until `release()`. */
  hang?: 'before' | 'after';
  /** Waits before the operation, in milliseconds. */
  delay_ms?: number;
  /** Waits after the operation, in milliseconds. */
  delay_after_ms?: number;
  /** Closes the connection without an answer, before or after the operation. */
  drop?: 'before' | 'after';
  /** Another status. */
  status?: number;
  /** Another body: JSON, or a string that is sent as it is. */
  body?: unknown;
  /** Headers to add. */
  headers?: Record<string, string | number | string[]>;
  /** Ends the answer after so many bytes. */
  cut_at?: number;
  /** Bytes that are no HTTP answer. */
  garbage?: boolean | string;
  /** Whether the operation is carried out all the same. */
  effect?: boolean;
}

/** A request that the sandbox got. */
export interface RecordedRequest {
  id: number;
  operation: string | null;
  method: string;
  path: string;
  query: string;
  headers: [string, string][];
  body: string;
  /** The status of the answer; `null` until there is one. */
  status: number | null;
  /** Whether the client closed the connection before the answer was there. */
  aborted: boolean;
  fault: number | null;
}

/**
 * A running sandbox.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { startSandbox } from 'vitable-groups/testing';
 *
 * test('survives a bad minute', async () => {
 *   await using sandbox = await startSandbox();
 *   sandbox.fault({ operation: 'groups.create', status: 503, headers: { 'retry-after-ms': '1' } });
 *   await sandbox.client().groups.create({ external_reference_id: 'tier-1', name: 'Tier 1' });
 * });
 * ```
 */
export class Sandbox {
  readonly #native: NativeSandbox;
  /** Where it listens. */
  readonly baseURL: string;

  constructor(options: SandboxOptions = {}) {
    const { syncDelay, randomSeed, ...same } = options;
    const settings = { ...same, sync_delay: syncDelay, random_seed: randomSeed };
    this.#native = new addon.Sandbox(JSON.stringify(settings));
    this.baseURL = this.#native.baseUrl;
  }

  /** A client of this sandbox. */
  client(options: ClientOptions = {}): VitableConnect {
    return new VitableConnect({ apiKey: 'vit_apk_sandbox', baseURL: this.baseURL, ...options });
  }

  /** Queues faults, in their order. */
  fault(...faults: Fault[]): void {
    this.control('POST', '/faults', faults);
  }

  /** Lets hanging requests go on. */
  release(): void {
    this.control('POST', '/faults/release');
  }

  /** The requests it got, in order of arrival. */
  requests(): RecordedRequest[] {
    return (this.control('GET', '/requests') as { requests: RecordedRequest[] }).requests;
  }

  /** Forgets recorded requests. */
  clearRequests(): void {
    this.control('DELETE', '/requests');
  }

  /** Adds data; answers with what was made. */
  seed(seed: SandboxSeed): any {
    return this.control('POST', '/seed', seed);
  }

  /** Changes switches. */
  settings(settings: Record<string, unknown>): any {
    return this.control('PATCH', '/settings', settings);
  }

  /** Stops the clock and turns it forward; syncs are done when it has passed their delay. */
  advance(milliseconds: number): void {
    this.control('POST', '/clock', { mode: 'manual' });
    this.control('POST', '/clock', { advance_ms: milliseconds });
  }

  /** Carries out every waiting sync now. */
  completeSyncs(): void {
    this.control('POST', '/syncs/complete');
  }

  /** Everything that is stored. */
  state(): any {
    return this.control('GET', '/state');
  }

  /** Back to the start: data, settings, clock, faults, recorded requests. */
  reset(): void {
    this.control('POST', '/reset');
  }

  /** Any control, by its path below `/__sandbox`. */
  control(method: string, path: string, body?: unknown): unknown {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return JSON.parse(this.#native.control(method, path, text)) as unknown;
  }

  /** Stops it; its port is free afterwards. */
  async stop(): Promise<void> {
    this.#native.stop();
  }

  /** Stops it when an `await using` block ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Starts a sandbox; it answers when this resolves. */
export async function startSandbox(options?: SandboxOptions): Promise<Sandbox> {
  return new Sandbox(options);
}
