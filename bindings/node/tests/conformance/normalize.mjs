// Results and errors in the form that the scenarios of all languages compare.

const attempts = (list = []) => list.map(({ status, reason }) => ({ status, reason }));
const present = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export function page(value) {
  const next = value.nextPageRequestOptions();
  return {
    ...value,
    number: value.pagination.page ?? null,
    next_number: next === null ? null : next.query.page,
  };
}

export function meta({ status, attempts: list, recovered, repeated, idempotency_key, request_id }) {
  return { status, retries: list.length - 1, attempts: attempts(list), recovered, repeated, idempotency_key, request_id };
}

export function error(thrown) {
  const { kind, body, syncHandle, retryAfter, status } = thrown;
  if (kind === 'aborted') return { kind };
  return present({
    kind,
    text: thrown.detail,
    attempts: attempts(thrown.attempts),
    outcome_unknown: thrown.outcomeUnknown ?? false,
    operation: thrown.operation,
    status,
    code: codeOf(thrown),
    trace_id: thrown.traceID,
    request_id: thrown.requestID,
    retry_after: retryAfter === undefined ? undefined : retryAfter / 1e3,
    idempotency_key: thrown.idempotencyKey,
    sync: syncHandle,
    page: thrown.page,
    details: thrown.details,
    body,
  });
}

/** Without a code from the server, `code` is the kind. */
function codeOf({ code, kind, body }) {
  return code !== kind || body?.includes(JSON.stringify(code)) ? code : undefined;
}

export function progress({ polls, state, lastError }) {
  return { polls, completed: typeof state?.completed_at === 'string', last_error: lastError };
}

export function request(recorded) {
  const headers = {};
  for (const [name, value] of recorded.headers) {
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const query = Object.fromEntries(new URLSearchParams(recorded.query ?? ''));
  return { ...recorded, query, headers, body: bodyOf(recorded.body) };
}

function bodyOf(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
