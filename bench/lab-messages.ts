import { analytes } from '../neighbours/laboratories/dialect.ts'
import { inventPatient, type Order, type OrderPatient } from '../neighbours/laboratories/order.ts'
import { writeOru } from '../neighbours/laboratories/oru.ts'
import { seededRandom } from '../src/formats/eform/random.ts'
import { receiptNumber, sha256 } from '../src/kernel/ids.ts'
import type { Numbered } from '../src/ledger/store-batch.ts'

const hourMs = 3_600_000
const ordersInMessage = 20
const resultsInMessage = ordersInMessage * analytes.length

/** Messages of one laboratory, always the same ones for the same moment: twenty orders each, of all analytes. */
export class LabMessages {
  readonly patients: OrderPatient[] = []
  readonly #receiptKey: Buffer
  readonly #at: Date
  readonly #random = seededRandom(11)
  #results = 0

  constructor(receiptKey: Buffer, at: Date) {
    this.#receiptKey = receiptKey
    this.#at = at
  }

  /** How many results were made so far. */
  get results(): number {
    return this.#results
  }

  /** The next message; `returning` is the share of its orders that are of a patient who was there before. */
  next(returning: number): Numbered {
    const messageId = `bench-${this.#results}`
    const groups = Array.from({ length: ordersInMessage }, (_, i) => {
      const order = this.#order(this.#patient(returning), `${messageId}-${i}`)
      return writeOru(order, messageId, this.#at, { wrongUnits: false }).toString()
    })
    // One header, then the groups of every patient.
    const body = Buffer.from(groups.map((text, i) => (i === 0 ? text : text.slice(text.indexOf('\r') + 1))).join(''))
    // Five seconds apart: a million results are fourteen hours.
    const sinceFirst = (this.#results / resultsInMessage) * 5_000
    const receivedAt = new Date(this.#at.getTime() - 20 * hourMs + sinceFirst)
    this.#results += resultsInMessage
    const hash = sha256(body)
    return {
      senderId: 1,
      messageId,
      service: 'lab',
      format: 'hl7v2',
      receivedAt,
      traceparent: null,
      ...receiptNumber(this.#receiptKey, 1, messageId, hash),
      sha256: hash,
      body,
    }
  }

  #patient(returning: number): OrderPatient {
    const known =
      this.#random() < returning ? this.patients[Math.floor(this.#random() * this.patients.length)] : undefined
    if (known !== undefined) return known
    const patient = inventPatient(this.#random, this.#at)
    this.patients.push(patient)
    return patient
  }

  #order(patient: OrderPatient, number: string): Order {
    const taken = this.#at.getTime() - 6 * hourMs - Math.floor(this.#random() * 300 * 24) * hourMs
    return {
      laboratory: 'schelde',
      number,
      patient,
      takenAt: new Date(taken).toISOString(),
      releasedAt: new Date(taken + 3 * hourMs).toISOString(),
      results: analytes.map((analyte) => ({ analyte, value: 3 + this.#random() * 60 })),
      status: 'F',
    }
  }
}
