import { inTransaction, type Database } from '../store/connect.ts'
import { insertCertificates, type NewCertificate } from '../store/certificates.ts'
import { settleDeliveries, type SettledDelivery, type Settlement } from '../store/delivery-settle.ts'

/** Answers of one destination, to be written together. */
export interface Settling {
  readonly answers: readonly Settlement[]
  /** Certificates that came with some of the answers. */
  readonly certificates: readonly NewCertificate[]
  readonly node: string
  readonly destination: string
}

/**
 * Attaches answers to the custody of their records: state, entries, followers freed, certificates kept. One statement, or
 * one transaction when certificates came along. Returns what was written; an answer under a lost lease is not.
 */
export async function settle(db: Database, settling: Settling): Promise<SettledDelivery[]> {
  const { answers, certificates, node } = settling
  if (certificates.length === 0) return settleDeliveries(db, answers, node)
  return inTransaction(db, async (tx) => {
    const settled = await settleDeliveries(tx, answers, node)
    const ours = new Set(settled.map((delivery) => delivery.id))
    const kept = certificates.filter((certificate) => ours.has(certificate.delivery))
    await insertCertificates(tx, kept, `destination:${settling.destination}`)
    return settled
  })
}
