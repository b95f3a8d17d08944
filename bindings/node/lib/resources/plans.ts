/** `client.plans` */

import type { RequestOptions } from '../core/options.js';
import type { PageNumberPage, PageNumberPageParams, PagePromise } from '../core/pagination.js';
import { APIResource } from '../core/resource.js';

/** The organization's plans: the source of every member row's `plan_id`. */
export class Plans extends APIResource {
  /** Lists the plans linked to the organization, page by page. */
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
  /** What people call it. */
  name: string;
}

/** Which plans to list. */
export interface PlanListParams extends PageNumberPageParams {}

export declare namespace Plans {
  export type {
    Plan,
    PlanListParams,
    PlansPageNumberPage,
  };
}
