/** The fields of a roster. */

/** A field of a member, by its name in the API. */
export type RosterField =
  | 'reference_id'
  | 'first_name'
  | 'last_name'
  | 'date_of_birth'
  | 'phone'
  | 'email'
  | 'plan_id'
  | 'address.address_line_1'
  | 'address.address_line_2'
  | 'address.city'
  | 'address.state'
  | 'address.zipcode';
