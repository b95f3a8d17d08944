/** Members of groups, as rosters list them. */

/** One person in a roster. Keys that this version does not know are sent as they are. */
export interface Member {
  /** Your stable identifier of the member, by which syncs match rows to members. */
  reference_id: string;
  /** Legal first name. */
  first_name: string;
  /** Legal last name. */
  last_name: string;
  /** `YYYY-MM-DD`. */
  date_of_birth: string;
  /** One of the organization's plans, `pln_…`. */
  plan_id: string;
  /** The member's home address. */
  address: Member.Address;
  /** If omitted, the server keeps its value; `null` clears it. */
  email?: string | null;
  /** A US number, ten digits. If omitted, the server keeps its value; `null` clears it. */
  phone?: string | null;
}

export namespace Member {
  /** The home address of a member. */
  export interface Address {
    /** Street and number. */
    address_line_1: string;
    /** Apartment or suite. */
    address_line_2?: string | null;
    /** The city. */
    city: string;
    /** The two-letter code of the state or territory. */
    state: string;
    /** Five digits or ZIP+4. */
    zipcode: string;
  }
}
