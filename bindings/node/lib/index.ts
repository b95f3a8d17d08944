/** `vitable-groups`: a client for groups, rosters and plans of Vitable Connect. */

export { VitableConnect as default } from './client.js';
export { VitableConnect } from './client.js';
export { APIPromise } from './core/api-promise.js';
export type { Metadata, WithResponse } from './core/api-promise.js';
export type { ClientOptions, HttpOptions } from './core/config.js';
export { PageNumberPage, PagePromise } from './core/pagination.js';
export type { PageNumberPageParams, PageNumberPageResponse, Pagination } from './core/pagination.js';
export { toFile } from './core/uploads.js';
export type { FinalRequestOptions, HTTPMethod, RequestOptions } from './core/request/options.js';
export type { HeadersLike } from './core/request/headers.js';
export type { Logger, LogLevel } from './core/callbacks/log.js';
export type { Fetch } from './core/callbacks/fetch.js';
export type { AccessToken, TokenProvider } from './core/callbacks/token.js';
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
export { Roster } from './roster/roster.js';
export { VERSION } from './version.js';
export type {
  Member,
  SyncProgress,
  SyncRetrieveParams,
  SyncRetrieveResponse,
  SyncSubmitParams,
  SyncSubmitResponse,
  WaitOptions,
} from './resources/groups/members/sync.js';
