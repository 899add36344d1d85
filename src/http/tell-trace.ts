import type { Hold } from '../store/holds.ts'
import type { SpooledTrace } from '../ledger/trace-spooled.ts'
import type { ConflictTrace, Trace, TracedRecord, WaitingFor } from '../ledger/trace.ts'

/** A trace as the API answers it (`GET /messages/{receipt}`): plain JSON, times as ISO texts. */
export function tellTrace(found: Trace | ConflictTrace | SpooledTrace, sender: string): Record<string, unknown> {
  const head = {
    receipt: found.receipt,
    receivedAt: found.receivedAt.toISOString(),
    sha256: found.sha256,
    level: found.level,
    sender,
    messageId: found.messageId,
  }
  if (found.state === 'conflict') return { ...head, conflictWith: found.firstReceipt, records: [] }
  const read = { ...head, service: found.service, format: found.format }
  if (found.state === 'spooled') return { ...read, waitingFor: { what: found.waitingFor }, records: [] }
  return {
    ...read,
    reading: found.reading,
    records: found.records.map(tellRecord),
    entries: found.entries.map((entry) => ({
      at: entry.at.toISOString(),
      kind: entry.kind,
      record: entry.recordName,
      actor: entry.actor,
      detail: entry.detail,
    })),
  }
}

function tellRecord(record: TracedRecord): Record<string, unknown> {
  const certificate = record.certificates.findLast((one) => one.revokedAt === null) ?? record.certificates.at(-1)
  return {
    id: record.id,
    service: record.service,
    kind: record.kind,
    state: record.state,
    waitingFor: tellWaiting(record.waitingFor),
    refusedBy: record.refusedBy === null ? null : tellHold(record.refusedBy),
    errors: record.faultCodes,
    deliveries: record.deliveries.map((delivery) => ({
      id: delivery.uid,
      destination: delivery.destination,
      purpose: delivery.purpose,
      state: delivery.state,
      urgent: delivery.urgent,
      attempts: delivery.attempts,
      owedAt: delivery.owedAt.toISOString(),
      dueAt: delivery.dueAt.toISOString(),
      sentAt: delivery.sentAt?.toISOString() ?? null,
      settledAt: delivery.settledAt?.toISOString() ?? null,
      reference: delivery.reference,
      code: delivery.lastCode,
    })),
    ...(certificate === undefined
      ? {}
      : {
          certificate: {
            hc1: certificate.hc1,
            uvci: certificate.uvci,
            issuedAt: certificate.issuedAt.toISOString(),
            expiresAt: certificate.expiresAt.toISOString(),
            revokedAt: certificate.revokedAt?.toISOString() ?? null,
          },
        }),
  }
}

function tellWaiting(waiting: WaitingFor): Record<string, unknown> | null {
  return waiting?.what === 'release' ? { what: waiting.what, ...tellHold(waiting) } : waiting
}

function tellHold({ pack, version, rule, activation, since, by }: Hold): Record<string, unknown> {
  return { pack, version, rule, activation, since: since.toISOString(), by }
}
