/** The client with its static members, which are those of the official client and more errors. */

import { BaseClient } from './base-client.js';
import { DEFAULT_TIMEOUT } from './call-client.js';
import * as Errors from './error.js';
import * as Uploads from './uploads.js';

/** The client without its resources. */
export class StaticClient extends BaseClient {
  static DEFAULT_TIMEOUT = DEFAULT_TIMEOUT;

  static VitableConnectError = Errors.VitableConnectError;
  static APIError = Errors.APIError;
  static APIConnectionError = Errors.APIConnectionError;
  static APIConnectionTimeoutError = Errors.APIConnectionTimeoutError;
  static APIUserAbortError = Errors.APIUserAbortError;
  static NotFoundError = Errors.NotFoundError;
  static ConflictError = Errors.ConflictError;
  static RateLimitError = Errors.RateLimitError;
  static BadRequestError = Errors.BadRequestError;
  static AuthenticationError = Errors.AuthenticationError;
  static InternalServerError = Errors.InternalServerError;
  static PermissionDeniedError = Errors.PermissionDeniedError;
  static UnprocessableEntityError = Errors.UnprocessableEntityError;
  static APIResponseValidationError = Errors.APIResponseValidationError;
  static DeadlineExceededError = Errors.DeadlineExceededError;
  static InvalidArgumentError = Errors.InvalidArgumentError;
  static CredentialsError = Errors.CredentialsError;
  static ClientClosedError = Errors.ClientClosedError;
  static InvalidRosterError = Errors.InvalidRosterError;
  static RosterGuardError = Errors.RosterGuardError;

  static toFile = Uploads.toFile;
}
