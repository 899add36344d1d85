/** What a status event says, word by word: the meaning of its `state`, and what `detail` holds then. */

const text = { type: 'string' } as const
const nullableText = { type: ['string', 'null'] } as const
const texts = { type: 'array', items: text } as const
const codes = { type: 'array', items: text, description: 'Codes of docs/errors.md' } as const
const place = { ordinal: { type: 'integer', description: 'Place in the message, from 0' }, formKind: text } as const
const record = { ...text, description: '<receipt>.<ordinal>' } as const
const byRules = {
  flags: { ...texts, description: 'Rules that remark something' },
  rules: { ...texts, description: 'Rules that withhold or refuse it' },
  activation: { type: ['integer', 'null'], description: 'Which activation of a pack counted' },
} as const

interface StatusState {
  readonly means: string
  /** Members that are always there. */
  readonly detail: Readonly<Record<string, object>>
  /** Members that may be there. */
  readonly more?: Readonly<Record<string, object>>
}

/** Every `state` of the status feed; held by tests to the words the ledger tells senders. */
export const statusStates = {
  unreadable: {
    means: 'Nothing can be read from the message; it is kept',
    detail: {
      faults: {
        type: 'array',
        items: { type: 'object', properties: { code: text, path: text }, required: ['code', 'path'] },
        description: 'Codes of docs/errors.md with their place (JSON Pointer)',
      },
    },
  },
  conflict: {
    means: 'The number of this message was used again for other bytes; those are kept and not read',
    detail: { receipt: { ...text, description: 'Of the other bytes' }, level: { enum: ['stored', 'spooled'] } },
  },
  'record-refused': {
    means: 'The record is refused: by its form, or by a rule',
    detail: { ...place, faults: codes },
    more: byRules,
  },
  passed: {
    means: 'The record passes, of which the receipt could not say so for sure',
    detail: { flags: byRules.flags },
  },
  withheld: {
    means: 'A rule, or a person, withholds the record until it is released',
    detail: byRules,
    more: { ...place, faults: { ...codes, description: 'Codes of docs/errors.md for which it had been refused' } },
  },
  reinstated: {
    means: 'A rule had refused the record and lets it pass now; nothing need be sent again',
    detail: { ...place, faults: codes },
  },
  'refused-later': {
    means: 'The record had passed and a rule refuses it now',
    detail: { ...place, faults: codes },
  },
  certified: {
    means: 'There is a certificate; the trace of the receipt holds it',
    detail: { destination: text, uvci: text },
  },
  'not-certified': {
    means:
      'There will be no certificate: it cannot be asked for, or the one that was made is another record’s or a second one',
    detail: {
      destination: text,
      purpose: { const: 'certificate' },
      code: {
        enum: ['certificate-differs', 'certificate-doses-impossible', 'record-without-fact', 'content-destroyed'],
      },
    },
  },
  revoked: {
    means: 'The certificate counts no more: its record was corrected or withdrawn',
    detail: { uvci: text, by: record },
  },
  'refused-by-destination': {
    means: 'A destination refuses the record for good',
    detail: {
      destination: text,
      purpose: { enum: ['result', 'vaccination', 'certificate', 'revocation'] },
      code: { ...nullableText, description: "The destination's own" },
      text: { ...nullableText, description: "The destination's own" },
    },
  },
  'replaces-nothing': {
    means: 'What the record corrects or withdraws cannot be told; nothing was changed or taken back',
    detail: {
      code: { enum: ['replaces-other-form', 'replaces-unclear'] },
      ordinal: place.ordinal,
      named: { ...text, description: 'Receipt of the message that "replaces" names' },
    },
  },
  'control-id-reused': {
    means: 'A laboratory used a control id (MSH-10) again for other bytes, which are a new message',
    detail: {
      first: { ...nullableText, description: 'Receipt of the message that had it first; null when that is gone' },
      firstAt: { type: 'string', format: 'date-time' },
    },
  },
} as const satisfies Record<string, StatusState>

/** One schema for each state: its word, and what `detail` holds then. */
export const statusVariants: readonly object[] = Object.entries<StatusState>(statusStates).map(
  ([state, { means, detail, more = {} }]) => ({
    description: means,
    properties: {
      state: { const: state },
      detail: { type: 'object', properties: { ...detail, ...more }, required: Object.keys(detail) },
    },
  }),
)
