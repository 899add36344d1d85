import { z } from 'zod'

const text = z.string()
const maybe = z.string().nullable()

const delivery = z.looseObject({
  id: text,
  destination: text,
  purpose: text,
  state: text,
  urgent: z.boolean(),
  attempts: z.number(),
  owedAt: text,
  dueAt: text,
  sentAt: maybe,
  settledAt: maybe,
  reference: maybe,
  code: maybe,
})

const hold = {
  pack: text.optional(),
  version: text.optional(),
  rule: text.optional(),
  activation: z.number().nullable().optional(),
  since: text.optional(),
  by: maybe.optional(),
}

const record = z.looseObject({
  id: text,
  service: text,
  kind: text,
  state: text,
  waitingFor: z
    .looseObject({
      what: text,
      destination: text.optional(),
      state: text.optional(),
      messageId: text.optional(),
      ...hold,
    })
    .nullable(),
  // A hub of before this does not say it.
  refusedBy: z.looseObject(hold).nullable().default(null),
  errors: z.array(text),
  deliveries: z.array(delivery),
  certificate: z.looseObject({ uvci: text, issuedAt: text, expiresAt: text, revokedAt: maybe }).optional(),
})

const entry = z.looseObject({
  at: text,
  kind: text,
  record: maybe.optional(),
  actor: text,
  detail: z.record(z.string(), z.unknown()),
})

/** A trace as `GET /messages/{receipt}` answers it, and as `sluis trace --json` prints it. */
export const toldTrace = z.looseObject({
  receipt: text,
  receivedAt: text,
  sha256: text,
  level: text,
  sender: text,
  messageId: text,
  conflictWith: text.optional(),
  service: text.optional(),
  format: text.optional(),
  reading: text.optional(),
  /** Only of a message that lies on a node's disk: what it waits for there. */
  waitingFor: z.looseObject({ what: text }).optional(),
  records: z.array(record),
  entries: z.array(entry).optional(),
})

export type ToldTrace = z.infer<typeof toldTrace>
export type ToldRecord = z.infer<typeof record>
export type ToldDelivery = z.infer<typeof delivery>
