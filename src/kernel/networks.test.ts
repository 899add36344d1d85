import fastify from 'fastify'
import { expect, test } from 'vitest'
import { isNetwork } from './networks.ts'

test('addresses and networks are told from what is none, and the server takes every one of them', () => {
  const known = [
    '127.0.0.1',
    '10.0.0.0/8',
    '10.1.2.3/32',
    '::1',
    'fd00::/8',
    'FE80::1',
    '::ffff:10.0.0.1',
    '2001:db8::/1',
  ]
  const unknown = ['', 'x', 'hub.example', '10.0.0', '10.0.0.0/0', '10.0.0.0/33', '::/129', '10.0.0.1/', 'fe80::1%eth0']
  expect(known.filter((one) => !isNetwork(one))).toEqual([])
  expect(unknown.filter(isNetwork)).toEqual([])
  for (const one of known) expect(() => fastify({ trustProxy: [one] })).not.toThrow()
})
