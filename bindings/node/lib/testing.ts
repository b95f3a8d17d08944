/**
 * `vitable-groups/testing`: a sandbox of the API for tests, with fault injection.
 *
 * It runs in this process, on its own thread and port, and never keeps the process alive.
 */

import { VitableConnect } from './client.js';
import type { ClientOptions } from './core/config.js';
import './core/dispose.js';
import { addon, type NativeSandbox } from './core/native.js';
import type { Member } from './models/member.js';
import type { SandboxOperation } from './models/operations.js';

export type { SandboxOperation };

/** Options of a sandbox. */
export interface SandboxOptions {
  /** The port; a free one by default. */
  port?: number;
  /** Stores the data in this file; in memory by default. */
  db?: string;
  /** Accepts only these keys; any by default. */
  keys?: string[];
  /** How long a sync takes, in milliseconds; 0 by default. */
  syncDelay?: number | 'never';
  /** Data to start with. */
  seed?: SandboxSeed;
  /** A seed for generated ids, which makes them the same on every run. */
  randomSeed?: number;
}

/** Data to add. */
export interface SandboxSeed {
  /** Organizations. */
  organizations?: { id: string; name?: string }[];
  /** Keys and their organizations. */
  keys?: { key: string; organization_id?: string; kind?: string }[];
  /** Plans. */
  plans?: { id?: string; name: string; organization_id?: string }[];
  /** Plans to remove. */
  remove_plans?: string[];
  /** Groups, with their rosters. */
  groups?: { id?: string; name: string; external_reference_id: string; members?: Member[] }[];
  /** Many groups at once. */
  many_groups?: { count: number; prefix?: string };
  /** People with a subscription under another organization. */
  persons?: { email: string; date_of_birth: string; organization_id?: string }[];
}

/** A fault that the sandbox injects into requests. */
export interface Fault {
  /** The operation of the requests to match; any by default. */
  operation?: SandboxOperation;
  /** How many requests it affects; 1 by default, `null` is all. */
  times?: number | null;
  /** How many matching requests to let pass first. */
  skip?: number;
  /** Holds the request before or after the operation, until `release()`. */
  hang?: 'before' | 'after';
  /** Delays the operation, in milliseconds. */
  delay_ms?: number;
  /** Delays the response, in milliseconds. */
  delay_after_ms?: number;
  /** Closes the connection without a response, before or after the operation. */
  drop?: 'before' | 'after';
  /** The status to respond with. */
  status?: number;
  /** The body to respond with: JSON, or a string that is sent as it is. */
  body?: unknown;
  /** Headers to add to the response. */
  headers?: Record<string, string | number | string[]>;
  /** Truncates the response after this many bytes. */
  cut_at?: number;
  /** Sends bytes that are not an HTTP response. */
  garbage?: boolean | string;
  /** Whether the operation is applied despite the fault. */
  effect?: boolean;
}

/** A request that the sandbox received. */
export interface RecordedRequest {
  id: number;
  operation: string | null;
  method: string;
  path: string;
  query: string;
  headers: [string, string][];
  body: string;
  /** The status of the response; `null` until there is one. */
  status: number | null;
  /** Whether the client closed the connection before the response. */
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
 * test('a create is retried', async () => {
 *   await using sandbox = await startSandbox();
 *   sandbox.fault({ operation: 'groups.create', status: 503, headers: { 'retry-after-ms': '1' } });
 *   await sandbox.client().groups.create({ external_reference_id: 'tier-1', name: 'Tier 1' });
 * });
 * ```
 */
export class Sandbox {
  readonly #native: NativeSandbox;
  /** The base URL of the sandbox. */
  readonly baseURL: string;

  constructor(options: SandboxOptions = {}) {
    const { syncDelay, randomSeed, ...same } = options;
    const settings = { ...same, sync_delay: syncDelay, random_seed: randomSeed };
    this.#native = new addon.Sandbox(JSON.stringify(settings));
    this.baseURL = this.#native.baseUrl;
  }

  /** Creates a client of this sandbox. */
  client(options: ClientOptions = {}): VitableConnect {
    return new VitableConnect({ apiKey: 'vit_apk_sandbox', baseURL: this.baseURL, ...options });
  }

  /** Queues faults in order. */
  fault(...faults: Fault[]): void {
    this.control('POST', '/faults', faults);
  }

  /** Releases held requests. */
  release(): void {
    this.control('POST', '/faults/release');
  }

  /** The requests it received, in order of arrival. */
  requests(): RecordedRequest[] {
    return (this.control('GET', '/requests') as { requests: RecordedRequest[] }).requests;
  }

  /** Clears the recorded requests. */
  clearRequests(): void {
    this.control('DELETE', '/requests');
  }

  /** Adds data, and returns what was created. */
  seed(seed: SandboxSeed): any {
    return this.control('POST', '/seed', seed);
  }

  /** Changes settings. */
  settings(settings: Record<string, unknown>): any {
    return this.control('PATCH', '/settings', settings);
  }

  /** Stops the clock and advances it. Syncs whose delay has passed are completed. */
  advance(milliseconds: number): void {
    this.control('POST', '/clock', { mode: 'manual' });
    this.control('POST', '/clock', { advance_ms: milliseconds });
  }

  /** Completes all pending syncs. */
  completeSyncs(): void {
    this.control('POST', '/syncs/complete');
  }

  /** The complete stored state. */
  state(): any {
    return this.control('GET', '/state');
  }

  /** Resets data, settings, clock, faults and recorded requests. */
  reset(): void {
    this.control('POST', '/reset');
  }

  /** Calls a control endpoint by its path under `/__sandbox`. */
  control(method: string, path: string, body?: unknown): unknown {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return JSON.parse(this.#native.control(method, path, text)) as unknown;
  }

  /** Stops the sandbox and frees its port. */
  async stop(): Promise<void> {
    this.#native.stop();
  }

  /** Stops the sandbox at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Starts a sandbox, which accepts requests once this resolves. */
export async function startSandbox(options?: SandboxOptions): Promise<Sandbox> {
  return new Sandbox(options);
}
