/** The client: its resources, and the static members of its class. */

import { BaseClient } from './core/base-client.js';
import { DEFAULT_TIMEOUT } from './core/call-client.js';
import type { ClientOptions } from './core/config.js';
import * as Errors from './core/error.js';
import type { PageNumberPage, PageNumberPageParams, PageNumberPageResponse } from './core/pagination.js';
import type { RequestOptions } from './core/request/options.js';
import * as Uploads from './core/uploads.js';
import {
  type Group,
  type GroupCreateParams,
  type GroupListParams,
  type GroupResponse,
  Groups,
  type GroupsPageNumberPage,
  type GroupUpdateParams,
} from './resources/groups/groups.js';
import { type Plan, type PlanListParams, Plans, type PlansPageNumberPage } from './resources/plans.js';

/**
 * A client of the Groups API.
 *
 * @example
 * ```ts
 * const client = new VitableConnect({ apiKey: process.env.VITABLE_CONNECT_API_KEY });
 * ```
 */
export class VitableConnect extends BaseClient {
  /** Groups, and the syncs of their members. */
  groups: Groups = new Groups(this);
  /** Plans. */
  plans: Plans = new Plans(this);

  static VitableConnect = this;
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

VitableConnect.Groups = Groups;
VitableConnect.Plans = Plans;

export declare namespace VitableConnect {
  export type {
    ClientOptions,
    RequestOptions,
    PageNumberPage,
    PageNumberPageParams,
    PageNumberPageResponse,
  };

  export {
    Groups,
    type Group,
    type GroupResponse,
    type GroupsPageNumberPage,
    type GroupCreateParams,
    type GroupUpdateParams,
    type GroupListParams,
  };

  export {
    Plans,
    type Plan,
    type PlanListParams,
    type PlansPageNumberPage,
  };
}
