import { expect, test } from 'vitest'
import { makeBodyRoom, roomFor } from './body-room.ts'

test('a sender gets a quarter, all senders together the whole', () => {
  const room = makeBodyRoom(100)
  expect(room.take(1, 26)).toBeNull()
  const leaves = [1, 2, 3, 4].map((sender) => room.take(sender, 25))
  expect(leaves.every((leave) => leave !== null)).toBe(true)
  expect(room.take(1, 1)).toBeNull()
  expect(room.take(5, 1)).toBeNull()
  leaves[0]!()
  expect(room.take(2, 1)).toBeNull()
  expect(room.take(5, 25)).not.toBeNull()
})

test('what is freed twice is freed once', () => {
  const room = makeBodyRoom(100)
  const leave = room.take(1, 25)!
  leave()
  leave()
  for (const sender of [1, 2, 3, 4]) expect(room.take(sender, 25)).not.toBeNull()
  expect(room.take(5, 1)).toBeNull()
})

test('the largest message always finds room on an idle node', () => {
  for (const largest of [1_000, 1_048_576, 500_000_000])
    expect(makeBodyRoom(roomFor(largest)).take(1, largest)).not.toBeNull()
})
