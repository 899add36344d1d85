import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { connect as open, type Database } from '../../src/store/connect.ts'
import { withDatabase, type TestServer } from './global-setup.ts'

export interface TestDatabase {
  readonly url: string
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>
}

/**
 * A database of its own for one test, with the newest migration, empty.
 *
 * @example
 * const database = await createTestDatabase()
 * afterAll(() => database.drop())
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServer()
  const name = `${server.prefix}${randomBytes(6).toString('hex')}`
  await run(server.url, `create database ${name} template ${server.template} strategy ${server.strategy}`)
  return {
    url: withDatabase(server.url, name),
    drop: () => run(server.url, `drop database if exists ${name} with (force)`),
  }
}

/**
 * The database of one test file, connected to; both are gone after its last test.
 *
 * @example const { db } = await databaseOfFile()
 */
export async function databaseOfFile(connections = 2): Promise<{ readonly url: string; readonly db: Database }> {
  const database = await createTestDatabase()
  const db = open({ url: database.url, connections })
  afterAll(async () => {
    await db.close()
    await database.drop()
  })
  return { url: database.url, db }
}

let asked: Promise<TestServer> | undefined

function testServer(): Promise<TestServer> {
  return (asked ??= askServer())
}

async function askServer(): Promise<TestServer> {
  const answer = JSON.parse(await text(connect(inject('testServer')))) as TestServer | { failed: string }
  if ('failed' in answer) throw new Error(`the test database did not start: ${answer.failed}`)
  return answer
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
