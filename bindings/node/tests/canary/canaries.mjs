// Values that must never appear in output, and the search for them.

export const KEY = 'vit_apk_canaryKey7351';
export const TOKEN = 'vit_at_canaryToken9153';
export const HEADER = 'CanaryHeader4417';
export const REFERENCE = 'CANARY-REF-8813';

export const MEMBER = {
  reference_id: REFERENCE,
  first_name: 'CanaryQuillon',
  last_name: 'CanaryZyskowski',
  date_of_birth: '1977-07-07',
  phone: '5550177177',
  email: 'canary.q77@example.com',
  plan_id: 'pln_Wgx_PobRSymT_ki30sYaBQ',
  address: {
    address_line_1: '77 Canary Road',
    address_line_2: 'Canary Suite 9',
    city: 'CanaryCity',
    state: 'CA',
    zipcode: '99977-4417',
  },
};

export const CANARIES = [
  KEY,
  TOKEN,
  HEADER,
  MEMBER.first_name,
  MEMBER.last_name,
  MEMBER.date_of_birth,
  MEMBER.phone,
  MEMBER.email,
  MEMBER.address.address_line_1,
  MEMBER.address.address_line_2,
  MEMBER.address.city,
  MEMBER.address.zipcode,
];

/** The canaries in a text: verbatim, URL-encoded, in Base64, or as reformatted dates and phone numbers. */
export function canariesIn(text) {
  const forms = (canary) => [
    canary,
    encodeURIComponent(canary),
    Buffer.from(canary).toString('base64').replace(/=+$/, ''),
    ...(canary === MEMBER.date_of_birth ? ['19770707', '07/07/1977'] : []),
    ...(canary === MEMBER.phone ? ['555-017-7177', '(555) 017-7177'] : []),
  ];
  return CANARIES.filter((canary) => forms(canary).some((form) => text.includes(form)));
}
