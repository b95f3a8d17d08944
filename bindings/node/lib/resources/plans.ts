/** `client.plans` */

import type { PageNumberPage, PageNumberPageParams, PagePromise } from '../core/pagination.js';
import type { RequestOptions } from '../core/request/options.js';
import { APIResource } from '../core/resource.js';

/** The organization's plans. Each row of a roster has the `plan_id` of one of them. */
export class Plans extends APIResource {
  /** Lists the plans of the organization, page by page. */
  list(
    query: PlanListParams | null | undefined = {},
    options?: RequestOptions,
  ): PagePromise<PlansPageNumberPage, Plan> {
    return this._client._list<Plan>('plans.list', '/v1/plans', query, options);
  }
}

/** A page of plans. */
export type PlansPageNumberPage = PageNumberPage<Plan>;

/** A plan. */
export interface Plan {
  /** `pln_…`, opaque. */
  id: string;
  /** The display name. */
  name: string;
}

/** The parameters of a list of plans. */
export interface PlanListParams extends PageNumberPageParams {}

export declare namespace Plans {
  export type {
    Plan,
    PlanListParams,
    PlansPageNumberPage,
  };
}
