import { cutText } from '../../kernel/cut-text.ts'
import { SluisError } from '../../kernel/errors.ts'

/** A posted form, read once. */
export interface Form {
  /** The text of a field, trimmed; empty when it is not there. */
  text(name: string): string
}

const longest = 2_000

/**
 * Reads `application/x-www-form-urlencoded`; what is not one has no fields. Throws `request-malformed` for a field with
 * control characters.
 */
export function readForm(body: unknown): Form {
  const fields = new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '')
  for (const [name, text] of fields) assertPlain(name, text)
  return { text: (name) => cutText(fields.get(name) ?? '', longest).trim() }
}

// All but tab and the ends of lines. PostgreSQL keeps no text with NUL, and no page may hold one.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/

/** Throws `request-malformed` for a text of a stranger with control characters, which nobody types. */
function assertPlain(name: string, text: string): void {
  if (control.test(text))
    throw new SluisError('request-malformed', { why: name.replaceAll(/[^\w-]/g, '').slice(0, 40) })
}

/**
 * Refuses an address with control characters in its path or query, before anything is looked up with them. Throws
 * `request-malformed` with the name of the part.
 */
export function assertPlainAddress({ params, query }: { readonly params: unknown; readonly query: unknown }): void {
  for (const part of [params, query]) {
    for (const [name, value] of Object.entries(part ?? {})) {
      for (const text of [value].flat()) if (typeof text === 'string') assertPlain(name, text)
    }
  }
}

export const shortestReason = 10

/** The reason of an act; null when it is too short to say anything. */
export function readReason(form: Form): string | null {
  const reason = cutText(form.text('reason'), 500)
  return reason.length < shortestReason ? null : reason
}

/** What a machine is told of a form whose fields a person would be shown again. */
export const fieldsRefused = (faults: readonly { readonly field: string }[]): SluisError =>
  new SluisError('request-malformed', { why: faults.map(({ field }) => field).join(', ') })

/** A text of the query of an address; empty when it is not there once. */
export function queryText(query: unknown, name: string, most = 500): string {
  const value = (query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value.slice(0, most).trim() : ''
}

/** A link for a second person carries a reason, signed: it is longer than anything somebody types. */
export const longestPath = 2_000

/** A path of this hub, else the first page: never an address elsewhere, which `//host` and `/\host` are. */
export function ownPath(text: string): string {
  return text.length < longestPath && /^\/(?![/\\])[^\s\\]*$/.test(text) ? text : '/'
}
