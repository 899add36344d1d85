import { statusStates, statusVariants } from './status-states.ts'

/** Shapes of the machine API in JSON Schema 2020-12, the dialect of OpenAPI 3.1. */

const text = { type: 'string' } as const
const nullableText = { type: ['string', 'null'] } as const
const time = { type: 'string', format: 'date-time' } as const
const nullableTime = { type: ['string', 'null'], format: 'date-time' } as const
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const
const receipt = {
  type: 'string',
  format: 'uuid',
  description: 'UUIDv8, the same for the same message on every node',
} as const
const level = {
  enum: ['stored', 'spooled'],
  description: 'spooled: kept on the disk of one node while the database is away',
}
const texts = {
  type: 'object',
  properties: { nl: text, fr: text, de: text, en: text },
  required: ['nl', 'fr', 'de', 'en'],
} as const

const messageId = {
  type: 'string',
  pattern: '^[!-~]{1,64}$',
  description: "The sender's own number, never used again for other contents",
} as const

const list = (items: object): object => ({ type: 'array', items })
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})

/** What an answer about a stored message holds beside the problem. */
const custody = { receipt, receivedAt: time, sha256: hash } as const
const repeated = { const: true, description: 'The same bytes came before; receivedAt is that of the first' } as const
const faults = list({ $ref: '#/components/schemas/Fault' })
const problem = { $ref: '#/components/schemas/Problem' } as const

export const schemas = {
  Problem: {
    ...object(
      {
        type: text,
        title: { ...text, description: 'In the language of the header content-language' },
        status: { type: 'integer' },
        code: { ...text, description: 'A code of docs/errors.md' },
        temporary: { type: 'boolean', description: 'The same may succeed later without anybody changing it' },
        actor: { enum: ['sender', 'operator', 'destination', 'nobody'] },
        texts,
        instance: { ...text, description: 'The path that was asked for; not where the request could not be read' },
      },
      ['instance'],
    ),
    description: 'RFC 9457',
  },
  Unreadable: {
    allOf: [problem, object({ ...custody, level, repeated, errors: faults }, ['repeated'])],
    description: 'Stored, and not readable: the first fault as problem, and all of them',
  },
  Conflict: {
    allOf: [problem, object({ ...custody, repeated, firstReceipt: receipt }, ['repeated'])],
    description:
      'Stored beside the first message of that number: `receipt` is of these bytes, `firstReceipt` of the first',
  },
  OAuthProblem: {
    allOf: [
      problem,
      object({
        error: { enum: ['invalid_request', 'invalid_client', 'unsupported_grant_type', 'temporarily_unavailable'] },
        error_description: { ...text, description: 'The sentence in English, printable ASCII' },
      }),
    ],
    description: 'RFC 6749 section 5.2, beside the problem',
  },
  Form: {
    type: 'object',
    description: 'One form; GET /forms/{form}/{version} is the schema of all of it',
    properties: {
      messageId,
      form: text,
      version: text,
      action: { enum: ['new', 'correct', 'withdraw'], default: 'new' },
      replaces: { ...text, description: 'The messageId that is corrected or withdrawn' },
      motive: { ...text, description: 'Why; required to withdraw' },
    },
    required: ['messageId', 'form', 'version'],
  },
  Forms: {
    ...object({
      messageId,
      forms: {
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: { type: 'object', required: ['form', 'version'] },
        description: 'Forms without a messageId of their own; each is judged by itself',
      },
    }),
    description: 'Several forms in one message',
  },
  FormList: object({
    forms: list(
      object({
        form: text,
        version: text,
        from: { type: 'string', format: 'date', description: 'First day it is taken' },
        sunset: { type: ['string', 'null'], format: 'date', description: 'Last day; null while it has none' },
        title: texts,
        schema: { ...text, description: 'Path of its JSON Schema' },
      }),
    ),
  }),
  Fault: object({
    code: text,
    severity: {
      enum: ['error', 'warning'],
      description: 'error refuses the record, as the version of the checks that counts for the sender says',
    },
    type: { enum: ['FUNCTIONAL', 'TECHNICAL'] },
    path: { ...text, description: 'JSON Pointer (RFC 6901) into what was sent' },
    texts,
  }),
  Receipt: object(
    {
      receipt,
      receivedAt: time,
      sha256: hash,
      level,
      repeated,
      errors: faults,
    },
    ['repeated', 'errors'],
  ),
  Delivery: object({
    id: { type: 'string', format: 'uuid' },
    destination: text,
    purpose: { enum: ['result', 'vaccination', 'certificate', 'revocation'] },
    state: { enum: ['blocked', 'waiting', 'unknown', 'pending', 'acknowledged', 'refused', 'withdrawn'] },
    urgent: { type: 'boolean' },
    attempts: { type: 'integer' },
    owedAt: time,
    dueAt: time,
    sentAt: nullableTime,
    settledAt: nullableTime,
    reference: nullableText,
    code: nullableText,
  }),
  Record: object(
    {
      id: { ...text, description: '<receipt>.<ordinal>' },
      service: { enum: ['eforms', 'gfd', 'assurpharma', 'raotd', 'lab'] },
      kind: text,
      state: { enum: ['waiting', 'passed', 'withheld', 'refused'] },
      waitingFor: {
        type: ['object', 'null'],
        description:
          'what: reading, checking, planning, destination (with destination and state), replaced: a correction or withdrawal ' +
          'of a message (messageId) of which no record that it can replace was accepted yet, or release: withheld by a rule (pack, version, rule, ' +
          'activation) or by a person (by), since when.',
      },
      refusedBy: {
        type: ['object', 'null'],
        description:
          'The rule that refuses a record which was read whole (pack, version, rule, activation), or the person who keeps ' +
          'it refused (by), since when; null where the form refuses it for good.',
      },
      errors: list(text),
      deliveries: list({ $ref: '#/components/schemas/Delivery' }),
      certificate: object({
        hc1: { ...text, pattern: '^HC1:' },
        uvci: text,
        issuedAt: time,
        expiresAt: time,
        revokedAt: nullableTime,
      }),
    },
    ['certificate'],
  ),
  Trace: object(
    {
      receipt,
      receivedAt: time,
      sha256: hash,
      level,
      sender: text,
      messageId: text,
      conflictWith: receipt,
      service: text,
      format: text,
      reading: { enum: ['waiting', 'read', 'unreadable'] },
      waitingFor: {
        ...object({ what: { enum: ['database', 'operator'] } }),
        description:
          'Only while the message lies on the disk of the node that took it: this is all that is known of it, and its ' +
          'records come when it is stored. operator: the database refused it for what it is, and a person must look.',
      },
      records: list({ $ref: '#/components/schemas/Record' }),
      entries: list(object({ at: time, kind: text, record: nullableText, actor: text, detail: { type: 'object' } })),
    },
    ['conflictWith', 'service', 'format', 'reading', 'waitingFor', 'entries'],
  ),
  StatusPage: object({
    events: list({
      ...object({
        cursor: text,
        at: time,
        receipt: nullableText,
        messageId: nullableText,
        recordId: nullableText,
        kind: nullableText,
        state: { enum: Object.keys(statusStates) },
        detail: { type: 'object' },
      }),
      oneOf: statusVariants,
    }),
    next: { ...text, description: 'Ask with it for what comes after; the same cursor gives the same events again' },
  }),
  Token: object({ access_token: text, token_type: { const: 'Bearer' }, expires_in: { type: 'integer' } }),
  Acknowledgement: object(
    {
      destination: text,
      deliveryId: { type: 'string', format: 'uuid' },
      state: { enum: ['acknowledged', 'refused'] },
      reference: nullableText,
      sha256: { ...hash, description: 'Of the body as it was stored' },
      code: text,
      text,
    },
    ['reference', 'sha256', 'code', 'text'],
  ),
  Health: object({
    ready: { type: 'boolean' },
    node: text,
    version: text,
    roles: list(text),
    database: { enum: ['there', 'away'] },
    custodian: text,
    spool: { type: 'object' },
    draining: { type: 'boolean' },
  }),
} as const
