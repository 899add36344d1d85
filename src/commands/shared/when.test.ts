import { expect, test } from 'vitest'
import { run as runAccount } from '../account.ts'
import { run as runReplay } from '../replay.ts'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { WrongUse } from './outcome.ts'
import { readMoment } from './when.ts'

test('a day begins at midnight in Brussels, and ends at the next one', () => {
  expect(readMoment('from', '2022-07-01').toISOString()).toBe('2022-06-30T22:00:00.000Z')
  expect(readMoment('to', '2022-12-31', true).toISOString()).toBe('2022-12-31T23:00:00.000Z')
  expect(readMoment('to', '2024-02-29', true).toISOString()).toBe('2024-02-29T23:00:00.000Z')
  expect(readMoment('from', '2022-07-01T09:00+02:00').toISOString()).toBe('2022-07-01T07:00:00.000Z')
})

const noDays = ['2022-06-31', '2022-13-01', '2022-00-10', '2022-02-29', '2022-07-32', '9999-12-31']
const noMoments = ['2022-06-31T09:00+02:00', '2022-07-01T25:00Z', '2022-07-01T09:00', 'today', '1 July 2022 00:00 Z']

test('a day or time that the calendar does not have is no other day', () => {
  for (const given of [...noDays, ...noMoments]) {
    expect(() => readMoment('to', given, true), given).toThrow(WrongUse)
  }
})

test('commands tell it in words, before they touch anything', async () => {
  for (const [run, ...args] of [
    [runAccount, '--day', '2022-06-31'],
    [runAccount, '--from', '2022-02-30'],
    [runReplay, '--destination', 'sciensano', '--from', '2022-06-01', '--to', '2022-13-01'],
  ] as const) {
    const io = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }
    const code = await run(args, io)
    io.stderr.end()
    expect({ args, code, err: await text(io.stderr) }).toEqual({
      args,
      code: 2,
      err: expect.stringMatching(/^\S+ is not a day such as 2022-07-01\n/) as string,
    })
  }
})
