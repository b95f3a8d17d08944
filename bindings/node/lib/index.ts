/** `vitable-groups`: groups, member rosters and plans of Vitable Connect. */

export { VitableConnect as default } from './client.js';
export { VitableConnect } from './client.js';
export type { ClientOptions, HttpOptions } from './core/config.js';
export { APIPromise } from './core/api-promise.js';
export type { Metadata, WithResponse } from './core/api-promise.js';
export { PageNumberPage, PagePromise } from './core/pagination.js';
export type { PageNumberPageParams, PageNumberPageResponse, Pagination } from './core/pagination.js';
export { toFile } from './core/uploads.js';
export type { FinalRequestOptions, HTTPMethod, RequestOptions } from './core/options.js';
export type { HeadersLike } from './core/headers.js';
export type { Logger, LogLevel } from './core/log.js';
export type { Fetch } from './core/fetch.js';
export type { AccessToken, TokenProvider } from './core/token.js';
export {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIResponseValidationError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ClientClosedError,
  ConflictError,
  CredentialsError,
  DeadlineExceededError,
  InternalError,
  InternalServerError,
  InvalidArgumentError,
  InvalidRosterError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  RosterGuardError,
  UnprocessableEntityError,
  VitableConnectError,
} from './core/error.js';
export type { Attempt, SyncHandle } from './core/error.js';
export { Roster } from './roster.js';
export { VERSION } from './version.js';
export type {
  Member,
  SyncProgress,
  SyncRetrieveParams,
  SyncRetrieveResponse,
  SyncSubmitParams,
  SyncSubmitResponse,
  SyncWaitOptions,
} from './resources/groups/members/sync.js';
