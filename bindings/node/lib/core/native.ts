/** The native addon: the interface it exports, and how it is found on this platform. */

/** Where the calls of this thread are started and completed. */
export interface NativeCompletionQueue {
  /** The queue's slot in the addon, by which `flush` and `drain` know it. */
  readonly slot: number;
}

export interface NativeCancelToken {
  cancel(): void;
}

/** What the addon passes along with a call. */
export interface StartOptions {
  /** The id of the call's context, for attempts that call back into JavaScript. */
  context?: number | undefined;
  /** Cancels the call. */
  cancel?: NativeCancelToken | undefined;
}

/** One attempt, to be sent with `fetch`. */
export interface FetchRequest {
  id: number;
  /** The id of the call's context; 0 is none. */
  context: number;
  method: string;
  url: string;
  /** Names and values, alternating. */
  headers: string[];
  body?: Uint8Array;
}

/** What `fetch` resolved to, or how it failed. */
export interface FetchResponse {
  status?: number;
  url?: string;
  headers?: string[];
  body?: Uint8Array;
  failure?: 'not_sent' | 'timeout' | 'connection_lost';
  message?: string;
}

/** A token, or why there is none. */
export interface TokenResponse {
  token?: string;
  /** In milliseconds. */
  expiresIn?: number;
  failure?: string;
}

/** Functions that the addon calls. */
export interface Hooks {
  fetch?: (request: FetchRequest) => Promise<FetchResponse>;
  /** Aborts an attempt of `fetch` by its id. */
  abort?: (id: number) => void;
  token?: (context: number) => Promise<TokenResponse>;
  log?: (event: string) => void;
}

/** What decides whether a page has a successor. */
export interface PageSummary {
  requested: number;
  page?: number | undefined;
  totalPages?: number | undefined;
  items: number;
  firstId?: string | undefined;
}

type Body = string | Uint8Array;

export interface NativeClient {
  readonly baseUrl: string;
  readonly closed: boolean;
  /** The client's slot in the addon, by which `call` knows it. */
  readonly slot: number;
  derive(config: string, hooks: Hooks): NativeClient;
  setApiKey(key: string): void;
  close(): void;
  /** The instant that is this many milliseconds from now, as JSON. */
  deadline(limit: number): string;
  pages(
    target: string,
    options: string | undefined,
    body: Body | undefined,
    after: PageSummary,
    prefetch: number,
    seen?: NativeSeenIds,
    start?: StartOptions,
  ): NativePager;
  wait(
    callId: number,
    groupId: string,
    requestId: string | undefined,
    body: Body | undefined,
    options: string | undefined,
    onProgress: ((progress: string | null) => void) | undefined,
    start?: StartOptions,
  ): void;
  apply(
    callId: number,
    groupId: string,
    roster: NativeRoster,
    previous: NativeRoster | undefined,
    firstSync: boolean,
    guard: string,
    checks: string | undefined,
    options: string | undefined,
    onProgress: ((progress: string | null) => void) | undefined,
    start?: StartOptions,
  ): void;
  findGroup(callId: number, reference: string, options?: string, start?: StartOptions): void;
  getOrCreate(
    callId: number,
    reference: string,
    name: string,
    options?: string,
    start?: StartOptions,
  ): void;
}

/** Iterates over the pages after a page. */
export interface NativePager {
  next(callId: number): void;
  /** The indexes of items on the last page that an earlier page had already. */
  repeated(): number[] | null;
  end(): void;
}

/** The ids of the items that a list has returned so far. */
export interface NativeSeenIds {
  /** Adds ids; which of them are new. */
  insertAll(ids: string[]): boolean[];
}

export interface NativeRoster {
  readonly length: number;
  report(): string;
  toJson(): Uint8Array;
  toJsonl(): Uint8Array;
  toCsv(): Uint8Array;
  check(options: string): string;
  diff(previous: NativeRoster): string;
  guard(previous: NativeRoster | undefined, firstSync: boolean, options: string): void;
  normalize(options?: string): RosterWithReport;
  outcome(
    results: string,
    previous: NativeRoster | undefined,
    firstSync: boolean,
    repeated: boolean,
  ): string;
  after(
    results: string,
    previous: NativeRoster | undefined,
    firstSync: boolean,
    repeated: boolean,
  ): NativeRoster | null;
  corrected(results: string, replacements: string): RosterWithReport;
}

interface RosterWithReport {
  roster: NativeRoster;
  report: string;
}

export interface NativeSandbox {
  readonly baseUrl: string;
  control(method: string, path: string, body?: string): string;
  stop(): void;
}

interface Addon {
  CompletionQueue: new (wake: () => void) => NativeCompletionQueue;
  Client: new (config: string, hooks: Hooks, queue: NativeCompletionQueue) => NativeClient;
  Roster: {
    read(source: string | Uint8Array, options: string): NativeRoster;
    readFile(path: string, options: string): Promise<NativeRoster>;
    fromValues(values: string, options: string): NativeRoster;
  };
  Sandbox: new (settings: string) => NativeSandbox;
  CancelToken: new () => NativeCancelToken;
  /** Submits the calls that were started since the last flush. */
  flush(queue: number): void;
  /** For each completed call: its id, text, bytes and metadata. */
  drain(queue: number): (number | string | Uint8Array | undefined)[];
  /** Starts a call; its result goes to the completion queue of the client. */
  call(
    client: number,
    callId: number,
    target: string,
    pathParams?: string[],
    options?: string,
    body?: Body,
    start?: StartOptions,
  ): void;
  manifest(): string;
  validationError(metadata: string, body: Body): string;
  nextPage(page: PageSummary): number | null;
  SeenIds: new () => NativeSeenIds;
}

/** The platform packages, by `process.platform` and `process.arch`. */
const PACKAGES: Record<string, readonly string[]> = {
  'linux-x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'linux-arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'darwin-x64': ['darwin-x64'],
  'darwin-arm64': ['darwin-arm64'],
  'win32-x64': ['win32-x64-msvc'],
  'win32-arm64': ['win32-arm64-msvc'],
};

function load(): Addon {
  const platform = `${process.platform}-${process.arch}`;
  const targets = PACKAGES[platform];
  if (targets === undefined) {
    throw new Error(
      `vitable-groups has no native addon for ${platform}; supported platforms: ` +
        `${Object.keys(PACKAGES).join(', ')}`,
    );
  }
  const failures: unknown[] = [];
  for (const target of targets) {
    // The second one is a build in the repository, relative to the built file.
    for (const module of [`vitable-groups-${target}`, `../../vitable-groups.${target}.node`]) {
      try {
        return require(module) as Addon;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  const names = targets.map((target) => `vitable-groups-${target}`).join(' or ');
  throw new Error(
    `vitable-groups cannot load its native addon for ${platform}: the package ${names} is missing ` +
      'or incompatible. Reinstall on this machine with `npm install --include=optional`, ' +
      'without a node_modules or lock file from another platform; when bundling, keep ' +
      '`vitable-groups` external.',
    { cause: failures.find((failure) => !isMissing(failure)) ?? failures[0] },
  );
}

function isMissing(failure: unknown): boolean {
  return (failure as NodeJS.ErrnoException | undefined)?.code === 'MODULE_NOT_FOUND';
}

export const addon: Addon = load();
