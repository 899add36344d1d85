/** A posted form, read once. */
export interface Form {
  /** The text of a field, trimmed; empty when it is not there. */
  text(name: string): string
}

const longest = 2_000

/** Reads `application/x-www-form-urlencoded`; what is not one has no fields. */
export function readForm(body: unknown): Form {
  const fields = new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '')
  return { text: (name) => (fields.get(name) ?? '').slice(0, longest).trim() }
}

export const shortestReason = 10

/** The reason of an act; null when it is too short to say anything. */
export function readReason(form: Form): string | null {
  const reason = form.text('reason').slice(0, 500)
  return reason.length < shortestReason ? null : reason
}

/** A text of the query of an address; empty when it is not there once. */
export function queryText(query: unknown, name: string, most = 500): string {
  const value = (query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value.slice(0, most).trim() : ''
}

/** A path of this hub, else the first page: never an address elsewhere, which `//host` and `/\host` are. */
export function ownPath(text: string): string {
  return text.length < 2_000 && /^\/(?![/\\])[^\s\\]*$/.test(text) ? text : '/'
}
