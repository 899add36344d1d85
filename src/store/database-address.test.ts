import { expect, test } from 'vitest'
import { isDatabaseAway } from './connect.ts'
import { databasePlace, databaseRefusal } from './database-address.ts'

const failure = (code: string | undefined, message: string): Error => Object.assign(new Error(message), { code })

test('where a database is, is told without user and password', () => {
  expect(databasePlace('postgres://hub:secret@db.example/sluis')).toBe('db.example:5432/sluis')
  expect(databasePlace('postgresql://hub:secret@db.example:6543/sluis?sslmode=require')).toBe('db.example:6543/sluis')
  expect(databasePlace('postgresql://hub:secret@%2Frun%2Fpg/sluis')).toBe('/run/pg/sluis')
  expect(databasePlace('postgres:///sluis?host=/run/pg')).toBe('/run/pg/sluis')
})

test('a database that lets nobody in is told as that, and a running node keeps what it takes', () => {
  const shut = [
    failure('28P01', 'password authentication failed for user "hub"'),
    failure('28000', 'role "hub" is not permitted to log in'),
    failure('3D000', 'database "nope" does not exist'),
    failure(undefined, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    failure('CERT_HAS_EXPIRED', 'certificate has expired'),
  ]
  for (const error of shut) {
    expect(isDatabaseAway(error)).toBe(true)
    expect(databaseRefusal(error, 'postgres://hub:secret@db.example/sluis')).toMatchObject({
      code: 'database-refuses',
      params: { place: 'db.example:5432/sluis', reason: error.message },
    })
  }
  // What a statement may not do is told as well, but it is no reason to wait.
  expect(databaseRefusal(failure('42501', 'permission denied'), 'postgres://h/d')?.code).toBe('database-refuses')
  expect(isDatabaseAway(failure('42501', 'permission denied'))).toBe(false)
  for (const error of [failure('23505', 'duplicate'), failure('ECONNREFUSED', 'refused'), null, 'text'])
    expect(databaseRefusal(error, 'postgres://h/d')).toBeNull()
})

test('a server that hangs and lets nobody in is away', () => {
  // connect(2) on its Unix socket when its queue is full, and what the driver says when nobody answers.
  for (const error of [
    failure('EAGAIN', 'connect EAGAIN /run/pg/.s.PGSQL.5432'),
    failure(undefined, 'timeout expired'),
  ])
    expect(isDatabaseAway(error)).toBe(true)
})
