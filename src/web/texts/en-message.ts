import type { MessageTexts } from './nl-message.ts'
import { counter } from './plural.ts'

const count = counter('en')
const records = (n: number) => count(n, { one: 'record', other: 'records' })
const are = (n: number) => (n === 1 ? 'is' : 'are')
/** Some of the records of a message; of one there is nothing to count. */
const some = (n: number, total: number) => (total === 1 ? 'The record' : `${n} of ${records(total)}`)

export const enMessage: MessageTexts = {
  trace: {
    start: 'Trace a message',
    startHint: "Give a receipt number, the sender's number or a certificate number.",
    search: 'Search',
    number: 'Number',
    acknowledged: (n) => (n === 1 ? 'The record is acknowledged' : `All ${records(n)} are acknowledged`),
    passed: (n) =>
      n === 1 ? 'The record passed; nothing further is owed' : `All ${records(n)} passed; nothing further is owed`,
    noRecords: 'Stored and read; there is no record in it',
    refused: (n, total) => `${some(n, total)} ${are(n)} refused`,
    waitingFor: (n, total, who) => `${some(n, total)} ${n === 1 ? 'waits' : 'wait'} for ${who}`,
    waitingHere: (n, total) => `${some(n, total)} ${n === 1 ? 'waits' : 'wait'} in the hub`,
    withheld: (n, total) => `${some(n, total)} ${are(n)} withheld`,
    unreadable: 'Stored, but cannot be read',
    nothingInside: 'Stored; not read yet',
    onDisk: 'Kept on one server, not in the database yet',
    setAside: 'Kept on one server; the database does not take it',
    message: 'Message',
    receipt: 'Receipt number',
    receivedAt: 'Received',
    senderId: "Sender's number",
    hash: 'SHA-256 of the bytes',
    format: 'Format',
    size: 'Size',
    custody: 'Custody',
    record: (n) => `Record ${n}`,
    happenedAt: { 'rapid-test': 'Sample taken', other: 'Happened' },
    history: 'What happened to it',
    deliveries: 'Deliveries',
    attempts: 'Attempts',
    nextTry: 'Next attempt',
    lastSent: 'Last sent',
    theirNumber: 'Their number',
    answer: 'Answer',
    contentsOf: (n, total) => `This message has ${total} records. What is in them is shown of the first ${n}.`,
    fieldsOf: (n, total) =>
      `In ${total} records of this message something is wrong. In which field is shown of the first ${n} of these; of the others only what is wrong.`,
    noDeliveries: 'This record is owed to nobody.',
    faults: 'What is wrong',
    certificate: 'Certificate',
    end: 'Nothing further is expected.',
    untilReleased: 'Waits for release or for another rule.',
    later: (gap) => `after ${gap}`,
    proof: 'Proof',
    original: (time) => `originally ${time}`,
    chainBroken: 'The chain does not hold here. Report this at once; change nothing.',
    urgentTitle: 'Is a traveller waiting?',
    urgentWhat:
      'Mark this message urgent. It goes first in every queue, with what stood before it for the same person.',
    urgentButton: 'Mark urgent',
    isUrgent: (by) => `Marked urgent by ${by} at`,
  },
  said: {
    received: (time, receipt) => `Received at ${time}. Receipt ${receipt}. The message is stored.`,
    receivedSpooled: (time, receipt) =>
      `Received at ${time}. Receipt ${receipt}. The message is on one server and is passed on when the database is back.`,
    receivedSetAside: (time, receipt) =>
      `Received at ${time}. Receipt ${receipt}. The message is on one server, for the database refused it for what it is. It stays there until an operator acts; do not send again.`,
    waiting: (since, who, expected) =>
      `Waiting for ${who} since ${since}. Expected to be sent around ${expected}. Nothing to do; do not send again.`,
    waitingUnknown: (since, who, next) =>
      `Waiting for ${who} since ${since}. When is not known yet; next message at ${next}. Do not send again.`,
    refused: 'Refused. Correct what stands below and send again.',
    withheld: (since) => `Not shown and not forwarded since ${since}. The record is kept.`,
    certificateReady: (at) => `The certificate is ready (${at}). Show the QR code or print it.`,
    nothingFound: (what, where) =>
      `Nothing found for ${what} in ${where}. Check the number or search by the sender's number.`,
    couldNotLook: (where) =>
      `We could not look on the disk of ${where}, and messages lie there. That nothing is listed here proves nothing.`,
    allServices: 'all services',
  },

  certificatePage: {
    kind: {
      test: 'EU Digital COVID Certificate: test',
      vaccination: 'EU Digital COVID Certificate: vaccination',
      recovery: 'EU Digital COVID Certificate: recovery',
    },
    qr: 'QR code of the certificate',
    print: 'Print',
    name: 'Name',
    born: 'Born',
    result: 'Result',
    sampled: 'Sample taken',
    dose: 'Dose',
    doseOf: (dose, doses) => `${dose} of ${doses}${dose > doses ? ' (booster)' : ''}`,
    vaccinated: 'Vaccinated on',
    product: 'Product',
    issuer: 'Issued by',
    issued: 'Issued',
    expires: 'Valid until',
    identifier: 'Identifier',
    revoked: (time) => `Revoked at ${time}. Do not show this certificate any more.`,
    verify: 'Check it with any app for EU certificates.',
    trace: 'Trace the message this certificate came from',
  },
}
