import { inTransaction, type Database } from '../store/connect.ts'
import { insertCertificates, type NewCertificate } from '../store/certificates.ts'
import { settleDeliveries, type Settled, type Settlement } from '../store/delivery-settle.ts'

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
 * one transaction when certificates came along. An answer under a lost lease is not written, nor is its certificate.
 */
export async function settle(db: Database, settling: Settling): Promise<Settled> {
  const { answers, certificates, node } = settling
  if (certificates.length === 0) return settleDeliveries(db, answers, node)
  return inTransaction(db, async (tx) => {
    const settled = await settleDeliveries(tx, answers, node)
    const lost = new Set(settled.lost)
    const kept = certificates.filter((certificate) => !lost.has(certificate.delivery))
    await insertCertificates(tx, kept, `destination:${settling.destination}`)
    return settled
  })
}
