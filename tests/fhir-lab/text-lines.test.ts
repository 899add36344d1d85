import { expect, test } from 'vitest'
import { resultsFrom } from '../../src/http/fhir/results.ts'

type Version = Parameters<typeof resultsFrom>[0][number]

/** The lines of one text in one message, as they stand in the index. */
const lines = (receipt: string, from: number, count: number, status: string): Version[] =>
  Array.from({ length: count }, (_, n) => ({
    patient: Buffer.of(1),
    record: from + n,
    receivedAt: new Date(from),
    receipt,
    ordinal: n,
    senderId: 1,
    sender: 'lab',
    code: 'L|PATH',
    loinc: null,
    key: 'k',
    status,
    collectedAt: null,
    resultAt: new Date(from),
    contentSha: `${receipt} ${status}`,
    checked: true,
  }))

test('the lines of a text are one version of one result, told by the record of the first', () => {
  const first = lines('a', 8, 9, 'final')
  expect(resultsFrom(first)).toMatchObject([{ current: { record: 8 }, number: 1, versions: [{ record: 8 }] }])
  const both = [...lines('b', 98, 7, 'corrected'), ...first]
  expect(resultsFrom(both)).toMatchObject([
    { current: { record: 98 }, number: 2, contradicted: false, versions: [{ record: 8 }, { record: 98 }] },
  ])
  expect(resultsFrom([...lines('b', 98, 1, 'wrong-patient'), ...first])).toMatchObject([
    { current: { record: 98, status: 'wrong-patient' } },
  ])
})
