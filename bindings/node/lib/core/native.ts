/** The addon: what it offers, and where it is found on this platform. */

/** Where the calls of this thread start and end. */
export interface NativePort {
  readonly number: number;
}

export interface NativeCancelToken {
  cancel(): void;
}

export interface Start {
  id?: number | undefined;
  cancel?: NativeCancelToken | undefined;
}

export interface FetchRequest {
  id: number;
  call: number;
  method: string;
  url: string;
  headers: string[];
  body?: Uint8Array;
}

export interface FetchReply {
  status?: number;
  url?: string;
  headers?: string[];
  body?: Uint8Array;
  failure?: 'not_sent' | 'timeout' | 'broken';
  message?: string;
}

export interface TokenReply {
  token?: string;
  expiresIn?: number;
  failure?: string;
}

export interface Hooks {
  fetch?: (request: FetchRequest) => Promise<FetchReply>;
  abort?: (id: number) => void;
  token?: (call: number) => Promise<TokenReply>;
  log?: (event: string) => void;
}

export interface PagePlace {
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
  readonly number: number;
  derive(config: string, hooks: Hooks): NativeClient;
  setApiKey(key: string): void;
  close(): void;
  /** The moment that is this many milliseconds from now, as JSON. */
  deadline(limit: number): string;
  pages(
    target: string,
    options: string | undefined,
    body: Body | undefined,
    after: PagePlace,
    prefetch: number,
    seen?: NativeSeenIds,
    start?: Start,
  ): NativePager;
  wait(
    id: number,
    groupId: string,
    requestId: string | undefined,
    body: Body | undefined,
    options: string | undefined,
    progress: ((look: string | null) => void) | undefined,
    start?: Start,
  ): void;
  apply(
    id: number,
    groupId: string,
    roster: NativeRoster,
    previous: NativeRoster | undefined,
    firstSync: boolean,
    guard: string,
    checks: string | undefined,
    options: string | undefined,
    progress: ((look: string | null) => void) | undefined,
    start?: Start,
  ): void;
  findGroup(id: number, reference: string, options?: string, start?: Start): void;
  getOrCreate(id: number, reference: string, name: string, options?: string, start?: Start): void;
}

/** The pages that follow a page. */
export interface NativePager {
  next(id: number): void;
  /** The places of those items of the last page that came before. */
  repeated(): number[] | null;
  end(): void;
}

export interface NativeSeenIds {
  areNew(ids: string[]): boolean[];
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
  normalize(options?: string): Rewritten;
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
  corrected(results: string, replacements: string): Rewritten;
}

interface Rewritten {
  roster: NativeRoster;
  report: string;
}

export interface NativeSandbox {
  readonly baseUrl: string;
  control(method: string, path: string, body?: string): string;
  stop(): void;
}

interface Addon {
  Port: new (wake: () => void) => NativePort;
  Client: new (config: string, hooks: Hooks, port: NativePort) => NativeClient;
  Roster: {
    read(source: string | Uint8Array, options: string): NativeRoster;
    readFile(path: string, options: string): Promise<NativeRoster>;
    fromValues(values: string, options: string): NativeRoster;
  };
  Sandbox: new (settings: string) => NativeSandbox;
  CancelToken: new () => NativeCancelToken;
  /** Hands over what was started. */
  flush(port: number): void;
  /** Of each call that ended its number, text, bytes and metadata. */
  take(port: number): (number | string | Uint8Array | undefined)[];
  /** Starts a call of a client; its end comes to the client's port. */
  call(
    client: number,
    id: number,
    target: string,
    pathParams?: string[],
    options?: string,
    body?: Body,
    start?: Start,
  ): void;
  manifest(): string;
  unreadable(metadata: string, body: Body): string;
  nextPage(place: PagePlace): number | null;
  SeenIds: new () => NativeSeenIds;
}

/** Platform packages that are published, by `process.platform` and `process.arch`. */
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
      `vitable-groups has no native part for ${platform}; it has one for ` +
        `${Object.keys(PACKAGES).join(', ')}`,
    );
  }
  const failures: unknown[] = [];
  for (const target of targets) {
    // The second place is where a build of the repository puts it, seen from the built file.
    for (const place of [`vitable-groups-${target}`, `../../vitable-groups.${target}.node`]) {
      try {
        return require(place) as Addon;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  const names = targets.map((target) => `vitable-groups-${target}`).join(' or ');
  throw new Error(
    `vitable-groups cannot load its native part for ${platform}: the package ${names} is missing ` +
      'or does not fit. Install again on this machine with `npm install --include=optional`, ' +
      'without a node_modules or lock file from another platform; when bundling, keep ' +
      '`vitable-groups` external.',
    { cause: failures.find((failure) => !isMissing(failure)) ?? failures[0] },
  );
}

function isMissing(failure: unknown): boolean {
  return (failure as NodeJS.ErrnoException | undefined)?.code === 'MODULE_NOT_FOUND';
}

export const addon: Addon = load();
